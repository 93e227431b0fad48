"""SQL of money that sellers give back."""

from veza.db.query import Command

shrink = Command(
    """
    update transfers set amount_cents = amount_cents - $3, updated_at = now()
    where order_id = $1 and seller_id = $2 and amount_cents > $3 and claim is null and unknown_since is null
      and stripe_transfer_id is null
    """
)
drop = Command(
    """
    delete from transfers where order_id = $1 and seller_id = $2 and amount_cents = $3 and claim is null
      and unknown_since is null and stripe_transfer_id is null
    """
)
