"""A catalogue is the same for a seed, begins the same however long, and keeps every rule of what it fills."""

import itertools

import pytest

from veza.auth.domain import parse_email, parse_username
from veza.demo import words
from veza.demo.catalogue import PRODUCTS_MAX, Catalogue, ProductSpec, make_catalogue
from veza.demo.covers import STYLES
from veza.demo.people import ARTISTS, LISTENERS, Artist, Listener
from veza.live.domain import Category, parse_details as parse_stream
from veza.processing.sniff import safe_name
from veza.products import domain
from veza.products.domain import Offer, ProductType
from veza.reviews.domain import parse_comment
from veza.users.domain import ProfileChange


@pytest.fixture(scope="module")
def whole() -> Catalogue:
    return make_catalogue(1, PRODUCTS_MAX)


def about(product: ProductSpec) -> tuple[str, str]:
    return product.artist.username, product.title


def test_the_same_seed_gives_the_same() -> None:
    assert make_catalogue(3, 40) == make_catalogue(3, 40)


def test_a_smaller_catalogue_is_the_beginning_of_a_larger_one(whole: Catalogue) -> None:
    assert make_catalogue(1, 17).products == whole.products[:17]


def test_another_seed_gives_another() -> None:
    assert make_catalogue(1, 40).products != make_catalogue(2, 40).products


@pytest.mark.parametrize("seed", [0, 1, 7])
def test_every_product_keeps_the_rules(seed: int) -> None:
    for product in make_catalogue(seed, PRODUCTS_MAX).products:
        details = domain.parse_details(
            type=ProductType(product.type),
            title=product.title,
            description=product.description,
            tags=product.tags,
            price_cents=product.price_cents,
        )
        assert details.tags == product.tags
        offers = [
            Offer(tier.name, tier.price_cents, None, tier.exclusive, words.TERMS[tier.name]) for tier in product.tiers
        ]
        assert len(domain.parse_licenses(offers)) == len(product.tiers)
        names = [file.filename for file in product.files]
        assert [safe_name(name) for name in names] == names
        assert len(set(names)) == len(names)
        assert all(set(tier.filenames) <= set(names) for tier in product.tiers)
        for review in product.reviews:
            assert parse_comment(review.comment) == review.comment
            assert 1 <= review.rating <= 5


def test_titles_and_descriptions_are_each_there_once(whole: Catalogue) -> None:
    assert len({about(product) for product in whole.products}) == PRODUCTS_MAX
    assert len({product.description for product in whole.products}) == PRODUCTS_MAX


def test_a_free_tag_is_on_what_is_free(whole: Catalogue) -> None:
    assert any("free" in product.tags for product in whole.products)
    for product in whole.products:
        assert ("free" in product.tags) == (product.price_cents == 0 and not product.tiers)


def test_sixty_products_are_of_every_kind() -> None:
    made = make_catalogue(1, 60)
    types = [product.type for product in made.products]
    assert set(types) == set(ProductType)
    assert 6 <= types.count("album") <= 8
    assert all(4 <= len(product.files) <= 6 for product in made.products if product.type == "album")
    assert {product.fate for product in made.products} == {"published", "draft", "archived"}
    assert any(tier.exclusive for product in made.products for tier in product.tiers)
    assert {file.recipe for product in made.products for file in product.files} == {
        "audio", "stems", "samples", "presets", "patch",
    }  # fmt: skip
    assert len(made.artists) == len(ARTISTS)
    assert len(made.listeners) == len(LISTENERS)


def test_the_first_six_show_all_types_on_sale() -> None:
    made = make_catalogue(1, 6)
    assert {product.type for product in made.products} == set(ProductType)
    assert all(product.fate == "published" and product.reviews for product in made.products)


def test_nobody_says_the_same_twice_of_one_product(whole: Catalogue) -> None:
    for product in whole.products:
        assert len({review.comment for review in product.reviews}) == len(product.reviews)
        assert len({review.listener for review in product.reviews}) == len(product.reviews)


def test_ratings_lean_to_the_good(whole: Catalogue) -> None:
    ratings = [review.rating for product in whole.products for review in product.reviews]
    assert sum(rating >= 4 for rating in ratings) > len(ratings) * 0.75
    assert min(ratings) < 4


def test_a_description_speaks_the_language_of_its_artist(whole: Catalogue) -> None:
    french = {text[:12] for texts in words.FRENCH_MIDDLES.values() for text in texts}
    for product in whole.products:
        assert any(start in product.description for start in french) == product.artist.is_french


def test_covers_of_one_artist_are_of_different_styles() -> None:
    made = make_catalogue(1, 60)
    for artist in made.artists:
        styles = [product.style % len(STYLES) for product in made.products if product.artist is artist]
        assert len(set(styles)) == len(styles)


def test_articles_fit(whole: Catalogue) -> None:
    said = " ".join(product.description.lower() for product in whole.products)
    assert " an ambient" in said or " an afro" in said
    assert " a ambient" not in said
    assert " a afro" not in said


def test_people_keep_the_rules() -> None:
    everyone: list[Artist | Listener] = [*ARTISTS, *LISTENERS]
    for one in everyone:
        assert parse_username(one.username) == one.username
        assert parse_email(f"{one.username}@demo.example.com")
        links = list(one.links) if isinstance(one, Artist) else []
        assert ProfileChange(one.name, one.bio, links).checked() == ProfileChange(one.name, one.bio, links)
    for stream in itertools.chain.from_iterable(artist.streams for artist in ARTISTS):
        parse_stream(stream.title, stream.description, Category(stream.category), list(stream.tags))
    assert len({one.username for one in everyone}) == len(everyone)


def test_follows_are_between_people_of_the_catalogue(whole: Catalogue) -> None:
    artists = {artist.username for artist in whole.artists}
    everyone = artists | {listener.username for listener in whole.listeners}
    assert whole.follows
    assert all(who in everyone and whom in artists and who != whom for who, whom in whole.follows)


def test_limits_of_the_platform_are_far(whole: Catalogue) -> None:
    """60 registrations an hour from one network, 60 reviews an hour by one person, 60 follows a minute."""
    assert len(whole.artists) + len(whole.listeners) <= 30
    for listener in LISTENERS:
        mine = [review for p in make_catalogue(1, 60).products for review in p.reviews if review.listener == listener]
        assert len(mine) < 60
    assert max(sum(who == one for who, _ in whole.follows) for one, _ in whole.follows) < 60
