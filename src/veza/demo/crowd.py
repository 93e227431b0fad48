"""What people do besides selling: profiles, follows, streams in preparation, reviews. Adds only what is missing."""

from collections.abc import Mapping, Sequence

from veza.demo import factory
from veza.demo.catalogue import ProductSpec
from veza.demo.client import Person
from veza.demo.people import Artist, Listener
from veza.demo.purchases import Purchases
from veza.demo.shelf import Maker


async def set_profile(person: Person, one: Artist | Listener, make: Maker) -> None:
    """Name, bio, links and face. What somebody wrote there since stays."""
    now = await person.get(f"/users/{person.username}")
    if not now["display_name"]:
        links = list(one.links) if isinstance(one, Artist) else []
        await person.put("/users/me", {"display_name": one.name, "bio": one.bio, "links": links})
    if now["avatar_url"] is None and isinstance(one, Artist):
        seed = sum(map(ord, one.username))
        await person.send("PUT", "/users/me/avatar", await make(factory.make_avatar, one.palette, seed))


async def prepare_streams(person: Person, one: Artist | Listener) -> int:
    """The streams that an artist plans. Answers how many are new."""
    if not isinstance(one, Artist) or not one.streams:
        return 0
    there = {stream["title"] for stream in await person.pages("/live/streams/me", "streams")}
    new = [stream for stream in one.streams if stream.title not in there]
    for stream in new:
        body = {"title": stream.title, "description": stream.description, "category": stream.category}
        await person.post("/live/streams", {**body, "tags": list(stream.tags)})
    return len(new)


async def follow_each_other(people: Mapping[str, Person], follows: Sequence[tuple[str, str]]) -> None:
    """Who follows whom."""
    for who in dict.fromkeys(who for who, _ in follows):
        person = people[who]
        there = {found["username"] for found in await person.pages("/users/me/following", "users")}
        for _, whom in [pair for pair in follows if pair[0] == who and pair[1] not in there]:
            await person.put(f"/users/{whom}/follow")


async def write_reviews(people: Mapping[str, Person], spec: ProductSpec, purchases: Purchases) -> int:
    """What buyers say of a product. Answers how many are new."""
    if not spec.reviews:
        return 0
    seller = people[spec.artist.username]
    found = await seller.get("/sell/products", search=spec.title, status="published", limit=100)
    ids = [product["id"] for product in found["products"] if product["title"] == spec.title]
    if not ids:
        return 0
    path = f"/marketplace/products/{ids[0]}"
    product = await seller.get(path)
    page = await seller.get(f"{path}/reviews", limit=100)
    there = {review["buyer"]["username"] for review in page["reviews"]}
    new = [review for review in spec.reviews if review.listener.username not in there]
    for review in new:
        person = people[review.listener.username]
        standing = await person.get(f"{path}/standing")
        if not standing["can_review"]:
            await purchases.buy(person, product)
        await person.post(f"{path}/reviews", {"rating": review.rating, "comment": review.comment})
    return len(new)
