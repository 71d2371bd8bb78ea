from tests.integration.house import House


async def test_from_silence_to_a_persons_answer(home: House) -> None:
    assert (home.stage, home.inactivity, home.sensor("watch")) == ("calm", "off", "seeing")

    await home.wait(hours=12)
    assert (home.stage, home.inactivity, home.reason) == ("quiet", "on", "limit_passed")
    quiet = home.relay.of("quiet")[0]
    assert quiet["data"]["said"] == "first"

    await home.wait(minutes=15)
    assert home.stage == "knock"
    await home.wait(minutes=30)
    assert home.stage == "visit"
    assert home.relay.kinds()[-3:] == ["quiet", "knock", "visit"]

    await home.hold(quiet["data"]["episode"])
    assert home.sensor("receipt") == "hold"
    assert home.state("sensor", "stage").attributes["owned"] is True

    await home.handled(quiet["data"]["episode"])
    assert (home.stage, home.inactivity, home.reason) == ("calm", "off", "seen_or_spoken")
    assert home.relay.of("resolved")[0]["data"] == {
        "episode": quiet["data"]["episode"],
        "by": "staff",
    }


async def test_a_kettle_ends_the_silence(home: House) -> None:
    await home.wait(hours=12)
    assert home.stage == "quiet"
    await home.boil_water()
    assert (home.stage, home.reason) == ("calm", "life_seen")
    assert home.relay.of("resolved")[0]["data"]["by"] == "activity"


async def test_each_step_comes_at_its_moment(home: House) -> None:
    await home.wait(hours=12)
    assert home.stage == "quiet"
    for after in ("knock", "visit"):
        before, due = home.stage, home.moment("next_deadline")
        await home.wait(seconds=(due - home.now).total_seconds() - 1)
        assert home.stage == before
        await home.wait(seconds=1)
        assert home.stage == after
