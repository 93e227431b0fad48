"""SQL of second factors."""

from datetime import datetime
from uuid import UUID

import msgspec

from veza.db.query import Command, Query, Value


class FactorRow(msgspec.Struct, frozen=True):
    """A second factor; it counts once it is enabled. The secret is sealed."""

    user_id: UUID
    secret_sealed: bytes
    last_step: int
    enabled_at: datetime | None


factor = Query(FactorRow, "select user_id, secret_sealed, last_step, enabled_at from totp_secrets where user_id = $1")
lock_factor = Query(
    FactorRow,
    "select user_id, secret_sealed, last_step, enabled_at from totp_secrets where user_id = $1 for update",
)
is_enabled = Value(bool, "select exists (select from totp_secrets where user_id = $1 and enabled_at is not null)")
put_secret = Command(
    """
    insert into totp_secrets as t (user_id, secret_sealed, created_at) values ($1, $2, $3)
    on conflict (user_id) do update set secret_sealed = excluded.secret_sealed, created_at = excluded.created_at,
        last_step = 0
    where t.enabled_at is null
    """
)
enable = Command("update totp_secrets set enabled_at = $2, last_step = $3 where user_id = $1")
set_last_step = Command("update totp_secrets set last_step = $2 where user_id = $1")
delete_factor = Command("delete from totp_secrets where user_id = $1")
"""Its recovery codes go with it."""

insert_code = Command("insert into recovery_codes (user_id, code_hash) values ($1, $2)")
delete_codes = Command("delete from recovery_codes where user_id = $1")
use_code = Command("update recovery_codes set used_at = $3 where user_id = $1 and code_hash = $2 and used_at is null")
count_codes = Value(int, "select count(*) from recovery_codes where user_id = $1 and used_at is null")
