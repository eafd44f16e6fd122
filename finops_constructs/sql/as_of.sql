-- question: Which day is it, for telling open months from closed ones?
-- grain: one row
-- source: the engine's clock, UTC; a local folder is asked as of a day that can be given
-- history: no
-- columns:
--   as_of: date - today in UTC

SELECT current_date AS as_of
