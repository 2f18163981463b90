-- Days of an experiment to be read from its exposures, not from the kept sums: those touched since they were added up,
-- and all where another cap is asked for than the one that the kept sums are under. None after the last day asked for.
SELECT day FROM experiments_touchedday WHERE experiment_id = %(experiment_id)s AND day <= %(through)s
UNION SELECT day FROM experiments_exposureday WHERE experiment_id = %(experiment_id)s AND %(is_capped)s
    AND day <= %(through)s
    AND %(cap_minor)s::bigint IS DISTINCT FROM (
        SELECT cap_minor FROM experiments_experiment WHERE id = %(experiment_id)s)
