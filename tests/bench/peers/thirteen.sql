-- The thirteen checks as an analyst who knows DuckDB well would write them. {item} and {place} are the keys: sku and store as
-- text, or the lake's codes. In: offers, history, places, products, price_list, promotions. Out: the table findings.

-- Nothing here is older than eight days (looks_back), and no product has two public promotions that combine.

-- 1. What is decided, by area (channel and zone) and product, from when until when (segments between two changes).
CREATE TEMP TABLE areas AS
SELECT row_number() OVER () AS area, channel, zone FROM (SELECT DISTINCT channel, zone FROM places);

CREATE TEMP TABLE located AS
SELECT p.{place}, a.area, a.channel FROM places p JOIN areas a ON a.channel = p.channel AND a.zone = p.zone;

CREATE TEMP TABLE versions AS
SELECT a.area, a.channel, l.{item}, l.list_price, l.valid_from,
       coalesce(lead(l.valid_from) OVER (PARTITION BY a.area, l.{item} ORDER BY l.valid_from), TIMESTAMPTZ '9999-01-01 00:00:00+00') AS valid_to
FROM price_list l JOIN areas a ON a.zone = l.zone;

CREATE TEMP TABLE offered AS
WITH scoped AS (
  SELECT p.{item}, c.* EXCLUDE ({item}, brand) FROM promotions c JOIN products p ON c.{item} = p.{item}
  UNION ALL
  SELECT p.{item}, c.* EXCLUDE ({item}, brand) FROM promotions c JOIN products p ON c.brand = p.brand
)
SELECT a.area, s.{item}, s.mechanic, s.value, s.quantity, s.pay, s.starts_at, s.ends_at
FROM scoped s JOIN areas a
  ON (s.channels IS NULL OR list_contains(string_split(s.channels, '|'), a.channel))
 AND (s.zones IS NULL OR list_contains(string_split(s.zones, '|'), a.zone));

CREATE TEMP TABLE segments AS
WITH cuts AS (
  SELECT area, {item}, TIMESTAMPTZ '{looks_back}' AS since FROM versions
  UNION SELECT area, {item}, unnest([valid_from, valid_to]) FROM versions
  UNION SELECT area, {item}, unnest([starts_at, ends_at]) FROM offered
)
SELECT area, {item}, since,
       coalesce(lead(since) OVER (PARTITION BY area, {item} ORDER BY since), TIMESTAMPTZ '9999-01-01 00:00:00+00') AS until
FROM cuts WHERE since >= TIMESTAMPTZ '{looks_back}' AND since <= TIMESTAMPTZ '{as_of}';

CREATE TEMP TABLE points AS
WITH priced AS (
  SELECT s.*, v.channel, v.list_price FROM segments s
  JOIN versions v ON v.area = s.area AND v.{item} = s.{item} AND v.valid_from <= s.since AND s.since < v.valid_to
), reduced AS (
  SELECT p.area, p.{item}, p.since, p.until, o.starts_at, o.ends_at, o.mechanic,
         CASE o.mechanic
           WHEN 'percent' THEN (p.list_price * (10000 - o.value) * 2 + 10000) // 20000
           WHEN 'amount' THEN greatest(p.list_price - o.value, 0)
           WHEN 'fixed_price' THEN least(o.value, p.list_price)
           WHEN 'member_price' THEN least(o.value, p.list_price)
           WHEN 'n_for_m' THEN o.pay * p.list_price // o.quantity
         END AS price,
         o.starts_at <= p.since AND p.since < o.ends_at AS running,
         o.ends_at <= p.since AND o.ends_at > p.since - INTERVAL 60 DAY AS ended,
         o.starts_at > p.since AND o.starts_at <= least(p.until, TIMESTAMPTZ '{as_of}') + INTERVAL 14 DAY AS early,
         o.mechanic IN ('percent', 'amount', 'fixed_price') AS public
  FROM priced p JOIN offered o ON o.area = p.area AND o.{item} = p.{item}
), promoted AS (
  SELECT area, {item}, since,
         min(price) FILTER (running AND public) AS promotion_price,
         arg_min(starts_at, price) FILTER (running AND public) AS promotion_starts_at,
         min(price) FILTER (running AND mechanic = 'n_for_m') AS each,
         arg_max(price, ends_at) FILTER (ended AND public) AS ended_price,
         arg_min(price, starts_at) FILTER (early AND public) AS early_price
  FROM reduced GROUP BY ALL
)
SELECT p.area, p.channel, p.{item}, p.since, p.until, p.channel NOT IN ('mp1', 'mp2') AS decided,
       CASE WHEN decided THEN p.list_price END AS list_price,
       CASE WHEN decided THEN least(p.list_price, m.promotion_price) END AS expected_price,
       m.promotion_price, m.promotion_starts_at, m.each, m.ended_price, m.early_price,
       CAST(c.gtin AS {gtin}) AS gtin, c.min_price, c.max_price, c.channels
FROM priced p
LEFT JOIN promoted m ON m.area = p.area AND m.{item} = p.{item} AND m.since = p.since
JOIN products c ON c.{item} = p.{item};

-- 2. What the webshop should show, or shows: the marketplaces' leader.
CREATE TEMP TABLE leaders AS
SELECT o.{item}, coalesce(p.expected_price, o.price) AS leader_price
FROM offers o JOIN located w ON w.{place} = o.{place} AND w.channel = 'web'
JOIN points p ON p.area = w.area AND p.{item} = o.{item}
 AND p.since <= greatest(o.observed_at, TIMESTAMPTZ '{looks_back}') AND o.observed_at < p.until
WHERE o.seller IS NULL AND o.surface = 'html' AND o.currency = 'EUR' AND o.tax_included;

-- 3. One pass over our own offers on the surface that leads: what some rule suspects.
CREATE TEMP TABLE suspects AS
WITH judged AS (
  SELECT o.{item}, o.{place}, o.price, o.regular_price, o.was_price, o.member_price, o.observed_at,
         coalesce(o.currency = 'EUR' AND o.tax_included, false) AS comparable,
         p.list_price, p.expected_price, p.promotion_price, p.ended_price, p.early_price, p.min_price, p.max_price, p.each,
         o.gtin AS shown_gtin, p.gtin AS our_gtin, (l.leader_price * 10800 * 2 + 10000) // 20000 AS highest, l.leader_price AS lowest
  FROM offers o
  JOIN located w ON w.{place} = o.{place}
  JOIN points p ON p.area = w.area AND p.{item} = o.{item}
   AND p.since <= greatest(o.observed_at, TIMESTAMPTZ '{looks_back}') AND o.observed_at < p.until
  LEFT JOIN leaders l ON l.{item} = o.{item} AND NOT p.decided
  WHERE o.seller IS NULL AND o.surface <> 'jsonld'
), told AS (
  SELECT {item}, {place},
    comparable AND price <> expected_price AS expected_price,
    comparable AND regular_price <> list_price AS reference_price,
    comparable AND promotion_price < list_price AND price >= list_price AS promotion_missing,
    comparable AND price = ended_price AND price < list_price AND price <> expected_price AS promotion_stale,
    comparable AND price = early_price AND price < list_price AND price <> expected_price AS promotion_early,
    comparable AND was_price <= price AS no_reduction,
    shown_gtin <> our_gtin AND NOT ({restricted_shown} AND {restricted_ours}) AS identifier,
    TIMESTAMPTZ '{as_of}' - observed_at > INTERVAL 36 HOUR AS freshness,
    NOT comparable AS currency_and_tax,
    comparable AND (price < lowest OR price > highest) AS channel_parity,
    comparable AND (least(price, each) < min_price OR price > max_price OR member_price < min_price OR member_price > max_price)
      AS price_floor
  FROM judged
)
SELECT * FROM told
WHERE expected_price OR reference_price OR no_reduction OR identifier OR freshness OR currency_and_tax OR channel_parity
   OR price_floor OR promotion_missing OR promotion_stale OR promotion_early;

-- 4. Struck-through prices against what was charged in the 30 days before the reduction began.
CREATE TEMP TABLE claims AS
SELECT o.{item}, o.{place}, o.price, o.was_price, o.observed_at, p.promotion_starts_at
FROM offers o JOIN located w ON w.{place} = o.{place}
JOIN points p ON p.area = w.area AND p.{item} = o.{item}
 AND p.since <= greatest(o.observed_at, TIMESTAMPTZ '{looks_back}') AND o.observed_at < p.until
WHERE o.was_price IS NOT NULL AND o.seller IS NULL AND o.surface <> 'jsonld' AND o.currency = 'EUR' AND o.tax_included;

CREATE TEMP TABLE invented AS
WITH known AS (
  SELECT h.{item}, h.{place}, h.price, h.was_price, h.since FROM history h
  SEMI JOIN claims c ON c.{item} = h.{item} AND c.{place} = h.{place}
  WHERE h.seller IS NULL AND h.price IS NOT NULL
), marked AS (
  SELECT *, CAST(price IS DISTINCT FROM lag(price) OVER (PARTITION BY {item}, {place} ORDER BY since) AS INT) AS begins FROM known
), numbered AS (
  SELECT *, sum(begins) OVER (PARTITION BY {item}, {place} ORDER BY since) AS spell FROM marked
), told AS (
  SELECT *, max(since) FILTER (was_price IS NULL) OVER (PARTITION BY {item}, {place}, spell) AS unclaimed FROM numbered
), spells AS (
  SELECT {item}, {place}, spell, any_value(price) AS price, min(since) AS since,
         -- since when a struck-through price was shown beside it without a gap
         min(since) FILTER (was_price IS NOT NULL AND (unclaimed IS NULL OR since > unclaimed)) AS claimed_since
  FROM told GROUP BY ALL
), timed AS (
  SELECT *, lead(since) OVER (PARTITION BY {item}, {place} ORDER BY since) AS gone FROM spells
), dated AS (
  SELECT c.*, coalesce(
           CASE WHEN c.promotion_starts_at IS NOT NULL
                THEN least(c.promotion_starts_at, CASE WHEN t.price = c.price THEN t.claimed_since END) END,
           CASE WHEN t.price = c.price THEN t.since END, c.observed_at) AS began
  FROM claims c LEFT JOIN timed t ON t.{item} = c.{item} AND t.{place} = c.{place} AND t.gone IS NULL
)
SELECT d.{item}, d.{place}
FROM dated d JOIN timed t ON t.{item} = d.{item} AND t.{place} = d.{place} AND t.since < d.began
GROUP BY d.{item}, d.{place}, d.was_price, d.began
HAVING bool_or(t.since <= d.began - INTERVAL 30 DAY)
   AND d.was_price > max(t.price) FILTER (t.gone IS NULL OR t.gone > d.began - INTERVAL 30 DAY);

-- 5. Everything together, and what must be listed and is not.
CREATE TEMP TABLE findings AS
SELECT rule, {item}, {place} FROM (
  SELECT unnest([
    CASE WHEN expected_price THEN 'expected_price' END, CASE WHEN reference_price THEN 'reference_price' END,
    CASE WHEN promotion_missing THEN 'promotion_missing' END, CASE WHEN promotion_stale THEN 'promotion_stale' END,
    CASE WHEN promotion_early THEN 'promotion_early' END, CASE WHEN identifier THEN 'identifier' END,
    CASE WHEN freshness THEN 'freshness' END, CASE WHEN currency_and_tax THEN 'currency_and_tax' END,
    CASE WHEN channel_parity THEN 'channel_parity' END, CASE WHEN price_floor THEN 'price_floor' END
  ]) AS rule, {item}, {place} FROM suspects
) WHERE rule IS NOT NULL
UNION ALL
SELECT 'was_price', {item}, {place} FROM (
  SELECT {item}, {place} FROM suspects WHERE no_reduction UNION SELECT {item}, {place} FROM invented)
UNION ALL
SELECT 'conflict', o.{item}, o.{place} FROM offers o JOIN located w ON w.{place} = o.{place} AND w.channel = 'web'
WHERE o.seller IS NULL GROUP BY o.{item}, o.{place}, o.currency, o.tax_included
HAVING bool_or(o.surface = 'html') AND min(o.price) < max(o.price)
UNION ALL
SELECT 'coverage', d.{item}, d.{place} FROM (
  SELECT p.{item}, w.{place} FROM points p JOIN located w ON w.area = p.area
  WHERE p.list_price IS NOT NULL AND p.since <= TIMESTAMPTZ '{as_of}' AND TIMESTAMPTZ '{as_of}' < p.until
    AND list_contains(string_split(p.channels, '|'), p.channel)) d
ANTI JOIN (SELECT {item}, {place} FROM offers WHERE seller IS NULL AND surface <> 'jsonld') o
  ON o.{item} = d.{item} AND o.{place} = d.{place};
