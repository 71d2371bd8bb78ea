"""The pictures of the documentation: each is there, each is shown, none is large for nothing."""

from pathlib import Path

from PIL import Image

from pictures import CHECKOUT, COLOURS, PLACE, keep, shown


def test_every_picture_that_a_page_shows_is_there_and_no_other() -> None:
    kept = {path.name for path in (CHECKOUT / PLACE).glob("*.png")}
    assert shown(CHECKOUT) == kept


def test_every_picture_has_few_colours() -> None:
    for path in (CHECKOUT / PLACE).glob("*.png"):
        with Image.open(path) as picture:
            assert len(picture.convert("RGB").getcolors(COLOURS) or []) > 1, path.name


def test_a_picture_that_is_kept_has_few_colours_its_size_and_its_smallest_lamp(
    tmp_path: Path,
) -> None:
    taken = tmp_path / "taken" / "a.png"
    taken.parent.mkdir()
    grey = Image.linear_gradient("L").convert("RGB").resize((300, 200))
    grey.paste((28, 107, 58), (10, 10, 18, 18))
    grey.save(taken)
    keep(taken, tmp_path)
    with Image.open(tmp_path / "a.png") as kept:
        assert kept.size == (300, 200)
        shown_again = kept.convert("RGB")
        assert len(shown_again.getcolors(COLOURS) or []) > 1
        lamp = shown_again.getpixel((14, 14))
    assert isinstance(lamp, tuple)
    assert max(abs(a - b) for a, b in zip(lamp, (28, 107, 58), strict=True)) < 8
