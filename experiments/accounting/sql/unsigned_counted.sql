-- Whether orders count that only a browser told of: for a place that has "store".
(store.unsigned_orders = 'always' OR (store.unsigned_orders = 'until_signed' AND store.first_signed_at IS NULL))
