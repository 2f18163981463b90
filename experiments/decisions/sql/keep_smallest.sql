-- The samples of some groups, cut to the contexts with the smallest ranks; one row a group that is full.
WITH ranked AS (
    SELECT id, store_id, moment, day, rank,
        -- ties by id, so that the same ones go whoever trims
        row_number() OVER (PARTITION BY store_id, moment, day ORDER BY rank, id) AS place
    FROM experiments_decisionsample
    WHERE (store_id, moment, day) IN (
        SELECT * FROM unnest(%(store_id)s::bigint[], %(moment)s::text[], %(day)s::date[]))
),
-- What has no place any more. The result reads "ranked", which was counted before these went.
gone AS (DELETE FROM experiments_decisionsample WHERE id IN (SELECT id FROM ranked WHERE place > %(size)s))
-- result: the largest rank kept of each full group; one that isn't full takes any rank
SELECT store_id, moment, day, max(rank) FROM ranked WHERE place <= %(size)s GROUP BY store_id, moment, day
HAVING count(*) = %(size)s
