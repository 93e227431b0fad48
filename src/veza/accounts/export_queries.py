"""What stands in somebody's copy: one statement for each file of it, over the tables of all slices. Reads only.

Each answers rows as JSON, after the last row that was read ($2, $3), so that no file is ever held whole. No secret is
selected, and of other people nothing but what is public: a name, never an address.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec

from veza.db.query import Query, Value

BATCH = 500


class AreaRow(msgspec.Struct, frozen=True):
    """One entry of a file: what it is sorted by, and itself as JSON."""

    at: datetime
    id: UUID
    body: str


@dataclass(frozen=True, slots=True)
class Area:
    """A file of the copy, and what a person reads of it in its README."""

    filename: str
    text: str
    rows: Query[AreaRow]


account = Value(
    str,
    """
    select jsonb_build_object(
        'id', u.id, 'username', u.username, 'email', u.email, 'email_verified', u.email_verified, 'role', u.role,
        'created_at', u.created_at, 'updated_at', u.updated_at, 'display_name', u.display_name, 'bio', u.bio,
        'links', u.links, 'avatar', '/api/v1/media/' || u.avatar_id, 'follower_count', u.follower_count,
        'two_step_login_since', t.enabled_at, 'mail_when_streams_go_live', coalesce(m.stream_live, false),
        'payout_account', case when a.user_id is not null then jsonb_build_object(
            'account_id', a.account_id, 'can_receive', a.can_receive, 'created_at', a.created_at) end)::text
    from users u
    left join totp_secrets t on t.user_id = u.id
    left join mail_preferences m on m.user_id = u.id
    left join seller_accounts a on a.user_id = u.id
    where u.id = $1
    """,
)

sessions = Query(
    AreaRow,
    """
    select created_at as at, id, jsonb_build_object('created_at', created_at, 'last_used_at', last_used_at,
        'user_agent', user_agent, 'network', network, 'ended_at', revoked_at, 'why', revoke_reason)::text as body
    from sessions where user_id = $1 and (created_at, id) > ($2::timestamptz, $3::uuid)
    order by created_at, id limit 500
    """,
)
following = Query(
    AreaRow,
    """
    select f.created_at as at, f.followed_id as id,
        jsonb_build_object('username', u.username, 'since', f.created_at)::text as body
    from follows f join users u on u.id = f.followed_id
    where f.follower_id = $1 and (f.created_at, f.followed_id) > ($2::timestamptz, $3::uuid)
    order by f.created_at, f.followed_id limit 500
    """,
)
orders = Query(
    AreaRow,
    """
    select o.created_at as at, o.id, jsonb_build_object(
        'id', o.id, 'number', o.number, 'status', o.status, 'total_cents', o.total_cents,
        'refunded_cents', o.refunded_cents, 'currency', o.currency, 'created_at', o.created_at,
        'completed_at', o.completed_at, 'billing', jsonb_build_object('name', o.billing_name,
            'address', o.billing_address, 'country', o.billing_country, 'vat_id', o.billing_vat_id),
        'items', (select jsonb_agg(jsonb_build_object('product_id', i.product_id, 'title', i.title,
            'license', i.license_name, 'quantity', i.quantity, 'unit_price_cents', i.unit_price_cents,
            'total_cents', i.total_cents, 'refunded_cents', i.refunded_cents) order by i.position)
            from order_items i where i.order_id = o.id),
        'payments', (select jsonb_agg(jsonb_build_object('id', p.provider_payment_id, 'status', p.status,
            'amount_cents', p.amount_cents, 'created_at', p.created_at, 'paid_at', p.paid_at) order by p.attempt)
            from payments p where p.order_id = o.id),
        'refunds', (select jsonb_agg(jsonb_build_object('id', r.id, 'status', r.status, 'amount_cents', r.amount_cents,
            'reason', r.reason, 'details', case when r.requested_by = 'buyer' then r.details end,
            'created_at', r.created_at, 'settled_at', r.settled_at) order by r.id)
            from refunds r where r.order_id = o.id),
        'invoices', (select jsonb_agg(jsonb_build_object('kind', v.kind, 'number', v.number, 'issued_at', v.issued_at,
            'total_cents', v.total_cents, 'vat_cents', v.vat_cents) order by v.id)
            from invoices v where v.order_id = o.id))::text as body
    from orders o where o.buyer_id = $1 and (o.created_at, o.id) > ($2::timestamptz, $3::uuid)
    order by o.created_at, o.id limit 500
    """,
)
library = Query(
    AreaRow,
    """
    select e.granted_at as at, e.id, jsonb_build_object('id', e.id, 'product_id', e.product_id, 'title', p.title,
        'order_id', e.order_id, 'granted_at', e.granted_at, 'revoked_at', e.revoked_at,
        'files', (select jsonb_agg(jsonb_build_object('filename', f.filename, 'size_bytes', f.size_bytes,
            'how_to_get_it', 'GET /api/v1/marketplace/library/' || e.id || '/files/' || f.id || '/download')
            order by f.position) from product_files f
            where f.product_id = e.product_id and f.status = 'ready' and e.revoked_at is null))::text as body
    from entitlements e join products p on p.id = e.product_id
    where e.user_id = $1 and (e.granted_at, e.id) > ($2::timestamptz, $3::uuid)
    order by e.granted_at, e.id limit 500
    """,
)
reviews = Query(
    AreaRow,
    """
    select r.created_at as at, r.id, jsonb_build_object('product_id', r.product_id, 'title', p.title,
        'rating', r.rating, 'comment', r.comment, 'created_at', r.created_at, 'updated_at', r.updated_at)::text as body
    from reviews r join products p on p.id = r.product_id
    where r.buyer_id = $1 and (r.created_at, r.id) > ($2::timestamptz, $3::uuid)
    order by r.created_at, r.id limit 500
    """,
)
products = Query(
    AreaRow,
    """
    select p.created_at as at, p.id, jsonb_build_object('id', p.id, 'type', p.type, 'status', p.status,
        'title', p.title, 'description', p.description, 'tags', p.tags, 'price_cents', p.price_cents,
        'created_at', p.created_at, 'published_at', p.published_at, 'takedown_reason', p.takedown_reason,
        'cover', '/api/v1/media/' || p.cover_id,
        'licenses', (select jsonb_agg(jsonb_build_object('name', l.name, 'price_cents', l.price_cents,
            'exclusive', l.exclusive, 'terms', l.terms, 'retired_at', l.retired_at) order by l.position)
            from product_licenses l where l.product_id = p.id),
        'files', (select jsonb_agg(jsonb_build_object('filename', f.filename, 'title', f.title,
            'size_bytes', f.size_bytes, 'sha256', encode(f.sha256, 'hex'), 'removed_at', f.removed_at,
            'how_to_get_it', 'GET /api/v1/marketplace/products/' || p.id || '/files/' || f.id || '/download')
            order by f.position) from product_files f where f.product_id = p.id))::text as body
    from products p where p.seller_id = $1 and (p.created_at, p.id) > ($2::timestamptz, $3::uuid)
    order by p.created_at, p.id limit 500
    """,
)
sales = Query(
    AreaRow,
    """
    select o.created_at as at, i.id, jsonb_build_object('order_number', o.number, 'product_id', i.product_id,
        'title', i.title, 'license', i.license_name, 'quantity', i.quantity, 'total_cents', i.total_cents,
        'fee_cents', i.fee_cents, 'refunded_cents', i.refunded_cents, 'currency', o.currency,
        'completed_at', o.completed_at)::text as body
    from order_items i join orders o on o.id = i.order_id
    where i.seller_id = $1 and o.completed_at is not null and (o.created_at, i.id) > ($2::timestamptz, $3::uuid)
    order by o.created_at, i.id limit 500
    """,
)
transfers = Query(
    AreaRow,
    """
    select created_at as at, id, jsonb_build_object('id', id, 'order_id', order_id, 'amount_cents', amount_cents,
        'platform_fee_cents', platform_fee_cents, 'reversed_cents', reversed_cents, 'currency', currency,
        'status', status, 'created_at', created_at, 'completed_at', completed_at)::text as body
    from transfers where seller_id = $1 and (created_at, id) > ($2::timestamptz, $3::uuid)
    order by created_at, id limit 500
    """,
)
streams = Query(
    AreaRow,
    """
    select s.created_at as at, s.id, jsonb_build_object('id', s.id, 'title', s.title, 'description', s.description,
        'category', s.category, 'tags', s.tags, 'created_at', s.created_at,
        'broadcasts', (select jsonb_agg(jsonb_build_object('started_at', b.started_at, 'ended_at', b.ended_at,
            'peak_viewers', b.peak_viewers, 'recording', case when r.id is not null then jsonb_build_object(
                'id', r.id, 'title', r.title, 'seconds', r.duration_ticks / 90000, 'published_at', r.published_at) end)
            order by b.started_at)
            from broadcasts b left join recordings r on r.id = b.id where b.stream_id = s.id))::text as body
    from streams s
    where s.user_id = $1 and s.deleted_at is null and (s.created_at, s.id) > ($2::timestamptz, $3::uuid)
    order by s.created_at, s.id limit 500
    """,
)
chat_messages = Query(
    AreaRow,
    """
    select created_at as at, id, jsonb_build_object('room_id', room_id, 'content', content, 'reply_to', reply_to,
        'created_at', created_at)::text as body
    from chat_messages
    where user_id = $1 and deleted_at is null and (created_at, id) > ($2::timestamptz, $3::uuid)
    order by created_at, id limit 500
    """,
)
chat_sanctions = Query(
    AreaRow,
    """
    select created_at as at, room_id as id, jsonb_build_object('room_id', room_id, 'kind', kind, 'until', until,
        'created_at', created_at)::text as body
    from chat_sanctions where user_id = $1 and (created_at, room_id) > ($2::timestamptz, $3::uuid)
    order by created_at, room_id limit 500
    """,
)
audit = Query(
    AreaRow,
    """
    select created_at as at, id, jsonb_build_object('action', action, 'by_oneself', coalesce(actor_id = $1, false),
        'subject_kind', subject_kind, 'subject_id', subject_id, 'details', details, 'created_at', created_at)::text
        as body
    from audit_entries
    where (actor_id = $1 or (subject_kind = 'user' and subject_id = $1::uuid::text))
      and (created_at, id) > ($2::timestamptz, $3::uuid)
    order by created_at, id limit 500
    """,
)

AREAS = (
    Area("sessions.json", "where you were logged in, while it is kept (30 days)", sessions),
    Area("following.json", "whom you follow", following),
    Area("orders.json", "what you ordered, with lines, payments and whom the invoice names", orders),
    Area("library.json", "what you own, and how to get each file of it", library),
    Area("reviews.json", "what you said of what you bought", reviews),
    Area("products.json", "what you made for sale, and how to get each file that you uploaded", products),
    Area("sales.json", "what was bought from you", sales),
    Area("transfers.json", "what was sent to you for it", transfers),
    Area("streams.json", "your streams, when they were on air and what was recorded; no stream key", streams),
    Area("chat_messages.json", "what you wrote in chat rooms and was not deleted", chat_messages),
    Area("chat_sanctions.json", "rooms that you are banned or timed out from", chat_sanctions),
    Area("audit.json", "acts on your account, and your own acts as staff", audit),
)
"""Every file of a copy but `account.json`, in the order of its README."""
