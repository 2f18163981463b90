-- result: the fate of one order
SELECT fate FROM fate WHERE external_id = %(external_id)s
