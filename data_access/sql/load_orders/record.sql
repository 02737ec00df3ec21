-- purpose: notes which file an account's orders came from, and up to when its orders are known
-- grain: one row a load
-- params: account String, job String, file String, checksum String, orders Int64, lines Int64, rejected Int64
-- params: , reject_file Nullable(String), first_order DateTime64(6), last_order DateTime64(6)
-- params: , covers_until DateTime64(6), person String
INSERT INTO order_loads (
    klaviyo_public_id, job_id, file_name, checksum, orders, lines, rejected, reject_file, first_order, last_order,
    covers_until, loaded_by, loaded_at
)
VALUES (
    :account, :job, :file, :checksum, :orders, :lines, :rejected, :reject_file, :first_order, :last_order,
    :covers_until, :person, now()
)
