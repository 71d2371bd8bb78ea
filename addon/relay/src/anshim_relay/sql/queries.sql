-- Every statement of the outbox, by name.

-- :fact
SELECT value FROM fact WHERE name = :name;

-- :set_fact
INSERT INTO fact (name, value) VALUES (:name, :value)
ON CONFLICT (name) DO UPDATE SET value = excluded.value;

-- :content_digest_of
SELECT content_digest FROM event WHERE id = :id;

-- :content_digests_of
SELECT id, content_digest FROM event WHERE id IN (SELECT value FROM json_each(:ids));

-- :keep_all
INSERT INTO event (id, kind, rank, content_digest, epoch, seq, kept_at, kept_boot, kept_uptime, content, kit, jws, digest)
SELECT
    value ->> 'id', value ->> 'kind', value ->> 'rank', unhex(value ->> 'content_digest'),
    value ->> 'epoch', value ->> 'seq', :kept_at, :kept_boot, :kept_uptime,
    CAST(value ->> 'content' AS BLOB), :kit, value ->> 'jws', value ->> 'digest'
FROM json_each(:rows) ORDER BY key;

-- :owe_all
INSERT INTO delivery (destination, row, rank)
SELECT destination.id, event.row, event.rank
FROM event CROSS JOIN destination
WHERE event.row BETWEEN :oldest AND :newest;

-- :keep
INSERT INTO event (id, kind, rank, content_digest, epoch, seq, kept_at, kept_boot, kept_uptime, content, kit, jws, digest)
VALUES (:id, :kind, :rank, :content_digest, :epoch, :seq, :kept_at, :kept_boot, :kept_uptime, :content, :kit, :jws, :digest);

-- :owe
INSERT INTO delivery (destination, row, rank)
SELECT id, :row, :rank FROM destination WHERE true
ON CONFLICT DO NOTHING;

-- :owe_answered
INSERT INTO delivery (destination, row, rank, answer, at)
SELECT id, :row, :rank, :answer, :at FROM destination WHERE name = :name;

-- :household_version
SELECT version FROM household WHERE subject = :subject;

-- :newest_household
SELECT max(version) FROM household;

-- :raise_household
INSERT INTO household (subject, version) VALUES (:subject, :version)
ON CONFLICT (subject) DO UPDATE SET version = max(version, excluded.version);

-- :unsigned
SELECT row, epoch, seq, content FROM event WHERE jws IS NULL ORDER BY row LIMIT :limit;

-- :sign
UPDATE event SET kit = :kit, jws = :jws, digest = :digest, content = NULL WHERE row = :row;

-- :owed_by
SELECT row, jws FROM event
WHERE kit IN (SELECT value FROM json_each(:kits))
  AND EXISTS (
    SELECT 1 FROM delivery JOIN destination ON destination.id = delivery.destination
    WHERE delivery.row = event.row AND delivery.answer IS NULL AND destination.name = :name
  )
ORDER BY row LIMIT :limit;

-- :sign_again
UPDATE event SET kit = :kit, jws = :jws, digest = :digest, epoch = :epoch, seq = :seq WHERE row = :row;

-- :add_destination
INSERT INTO destination (name) VALUES (:name) ON CONFLICT (name) DO NOTHING;

-- :destination
SELECT id FROM destination WHERE name = :name;

-- :owed
SELECT event.row, event.id, event.rank, delivery.rank, event.kit, event.jws, event.digest
FROM delivery JOIN event ON event.row = delivery.row
WHERE delivery.destination = :destination
  AND delivery.answer IS NULL
  AND delivery.rank BETWEEN :first AND :last
  AND event.jws IS NOT NULL
  AND delivery.row NOT IN (SELECT value FROM json_each(:resting))
ORDER BY delivery.rank, delivery.row
LIMIT :limit;

-- :mark
UPDATE delivery SET answer = :answer, at = :at
WHERE destination = :destination AND answer IS NULL
  AND row IN (SELECT value FROM json_each(:rows));

-- :missing_there
SELECT count(*) FROM delivery JOIN event ON event.row = delivery.row
WHERE delivery.destination = :destination
  AND delivery.answer IN ('durable', 'repeat', 'quarantined')
  AND event.kit = :kit
  AND event.seq > coalesce((SELECT value FROM json_each(:have) WHERE key = event.epoch), 0);

-- :owe_again
UPDATE delivery SET answer = NULL, at = NULL, rank = (
    SELECT CASE
        WHEN event.kind LIKE 'kr.anshim.knock.resolved.%' THEN 1
        WHEN event.kind LIKE 'kr.anshim.knock.consent.%' THEN 1
        ELSE max(event.rank, 2)
    END
    FROM event WHERE event.row = delivery.row
)
WHERE destination = :destination
  AND answer IN ('durable', 'repeat', 'quarantined')
  AND row IN (
    SELECT event.row FROM event
    WHERE event.kit = :kit
      AND event.seq > coalesce((SELECT value FROM json_each(:have) WHERE key = event.epoch), 0)
    -- of a kit that is lost nobody says what is there; what was taken from it is signed again
    OR event.kit IN (SELECT value FROM json_each(:lost)) AND delivery.answer <> 'quarantined'
  );

-- :waiting
SELECT rank, count(*) FROM delivery
WHERE destination = :destination AND answer IS NULL GROUP BY rank;

-- :waiting_by_kind
SELECT event.kind, delivery.rank, count(*)
FROM delivery JOIN event ON event.row = delivery.row
WHERE delivery.destination = :destination AND delivery.answer IS NULL
GROUP BY event.kind, delivery.rank ORDER BY delivery.rank, event.kind;

-- :newest_events
SELECT event.id, event.kind, event.kept_at, event.digest, destination.name, delivery.answer, delivery.at
FROM (SELECT * FROM event ORDER BY row DESC LIMIT :limit) AS event
LEFT JOIN delivery ON delivery.row = event.row
LEFT JOIN destination ON destination.id = delivery.destination
ORDER BY event.row DESC, delivery.destination;

-- :trace_of
SELECT event.id, event.kind, event.kept_at, event.digest, destination.name, delivery.answer, delivery.at
FROM event
LEFT JOIN delivery ON delivery.row = event.row
LEFT JOIN destination ON destination.id = delivery.destination
WHERE event.id = :id ORDER BY delivery.destination;

-- :oldest_owed
SELECT event.kept_at, event.kept_boot, event.kept_uptime
FROM event WHERE event.row = (
    SELECT min(row) FROM delivery WHERE destination = :destination AND answer IS NULL
);

-- :owed_since
SELECT event.kept_at, event.kept_boot, event.kept_uptime
FROM delivery JOIN event ON event.row = delivery.row
WHERE delivery.destination = :destination AND delivery.row = :row AND delivery.answer IS NULL;

-- :strange_destinations
SELECT id FROM destination WHERE name NOT IN (SELECT value FROM json_each(:names));

-- :drop_deliveries
DELETE FROM delivery WHERE destination = :destination;

-- :drop_destination
DELETE FROM destination WHERE id = :destination;

-- :newest_kept_at
SELECT max(kept_at) FROM event;

-- :households
SELECT subject, version FROM household;

-- :rescue_event
SELECT row, id, kind, rank, content_digest, epoch, seq, kept_at, kept_boot, kept_uptime, content, kit, jws, digest
FROM event WHERE row = :row;

-- :rescue_deliveries
SELECT destination.name, delivery.answer, delivery.at
FROM delivery JOIN destination ON destination.id = delivery.destination
WHERE delivery.row = :row AND delivery.answer IS NOT NULL;

-- :date_answers
UPDATE delivery SET at = :now WHERE answer IS NOT NULL AND at IS NULL;

-- :forget_older
DELETE FROM event WHERE row IN (
    SELECT row FROM event
    WHERE NOT EXISTS (
        SELECT 1 FROM delivery
        WHERE delivery.row = event.row
          AND (delivery.answer IS NULL OR delivery.at IS NULL OR delivery.at >= :before)
    )
    ORDER BY row LIMIT :limit
);

-- :forget_oldest
DELETE FROM event WHERE row IN (
    SELECT row FROM event
    WHERE NOT EXISTS (
        SELECT 1 FROM delivery WHERE delivery.row = event.row AND delivery.answer IS NULL
    )
    ORDER BY row LIMIT :limit
);

-- :add_down
INSERT INTO downlink (n, counter, expires, event) VALUES (:n, :counter, :expires, :event);

-- :down_after
SELECT n, expires, event FROM downlink WHERE n > :after ORDER BY n LIMIT :limit;

-- :forget_down
DELETE FROM downlink WHERE n <= :n;

-- :all_down
SELECT counter, expires, event FROM downlink ORDER BY n;

-- :down_waiting
SELECT counter, expires, event FROM downlink WHERE n > :n ORDER BY n;
