CASE
    WHEN stage.renewal_at <= {at} AND (stage.renewal_until IS NULL OR stage.renewal_until > {at}) THEN 'renewal'
    WHEN stage.care_at <= {at} THEN 'care'
    WHEN stage.usage_at <= {at} THEN 'usage'
    WHEN stage.arrived_at <= {at} THEN 'unboxing'
    ELSE 'waiting'
END
