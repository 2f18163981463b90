-- Visitors of some experiments by day, from kept days and from the exposures of touched ones; as totals.sql otherwise.
WITH touched AS MATERIALIZED (
    SELECT DISTINCT experiment_id, day, day_zone FROM experiments_touchedday
    JOIN experiments_experiment AS experiment ON experiment.id = experiment_id
    WHERE experiment_id = ANY(%(experiment_ids)s)
)
-- result: one row an experiment and day
SELECT experiment_id, day, visitors FROM experiments_exposureday AS summed
WHERE experiment_id = ANY(%(experiment_ids)s) AND dimension = ''
    AND (experiment_id, day) NOT IN (SELECT experiment_id, day FROM touched)
-- The touched days themselves.
UNION ALL
SELECT touched.experiment_id, touched.day, count(*) FROM touched JOIN experiments_exposure
    ON experiments_exposure.experiment_id = touched.experiment_id
    AND exposed_at >= touched.day::timestamp AT TIME ZONE day_zone
    AND exposed_at < (touched.day + 1)::timestamp AT TIME ZONE day_zone
JOIN experiments_store AS store ON store.id = store_id
WHERE NOT is_automated OR store.is_automation_counted GROUP BY touched.experiment_id, touched.day
