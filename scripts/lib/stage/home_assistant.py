"""A real Home Assistant with its frontend: its folder, its process, its first hour (onboarding)."""

from dataclasses import dataclass
import json
from pathlib import Path
import sys

import httpx

from stage.broker import Broker
from stage.clock import StageClock
from stage.ha_client import Flow, HomeAssistantClient
from stage.processes import Program, free_port
from stage.waiting import until

OWNER = "owner"
# Opens a Home Assistant on loopback that lives as long as the demo.
PASSWORD = "anshim-knock"  # noqa: S105

CONFIGURATION = """\
homeassistant:
  name: {name}
  latitude: 37.55
  longitude: 126.95
  elevation: 30
  unit_system: metric
  time_zone: Asia/Seoul
  country: KR
  language: {language}
http:
  server_host: 127.0.0.1
  server_port: {port}
frontend:
config:
history:
logbook:
person:
my:
system_health:
recorder:
  commit_interval: 1
logger:
  default: warning
  logs:
    custom_components.anshim_knock: info
automation: !include automations.yaml
"""

# Onboarding adds them by itself; they want the internet.
WANT_INTERNET = frozenset({"met", "google_translate", "radio_browser"})


@dataclass(kw_only=True)
class HomeAssistant:
    """The process, and the owner's way in."""

    folder: Path
    port: int
    program: Program

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def client(self) -> HomeAssistantClient:
        """The owner's long-lived way in, kept beside the config folder from onboarding on."""
        return HomeAssistantClient(url=self.url, token=(self.folder / "owner.token").read_text())

    def is_running(self) -> bool:
        """Whether it has started for good: every integration set up."""
        try:
            answer = httpx.get(f"{self.url}/api/config", headers=self._authorisation(), timeout=10)
        except httpx.TransportError:
            return False
        return answer.is_success and answer.json()["state"] == "RUNNING"

    def _authorisation(self) -> dict[str, str]:
        file = self.folder / "owner.token"
        return {"Authorization": f"Bearer {file.read_text()}"} if file.exists() else {}

    def answers(self) -> bool:
        """Whether its web server answers; before onboarding nobody can ask for more."""
        try:
            return httpx.get(f"{self.url}/api/onboarding", timeout=10).is_success
        except httpx.TransportError:
            return False


def home_assistant(
    folder: Path,
    *,
    integration: Path,
    clock: StageClock | None,
    log: Path,
    language: str = "en",
    port: int | None = None,
) -> HomeAssistant:
    """A Home Assistant that has our integration and nothing else that is not its own."""
    folder.mkdir(parents=True, exist_ok=True)
    port = port or free_port()
    configuration = CONFIGURATION.format(port=port, language=language, name="Anshim home")
    (folder / "configuration.yaml").write_text(configuration)
    # Where the editor keeps what a technician saves.
    automations = folder / "automations.yaml"
    if not automations.exists():
        automations.write_text("[]\n")
    custom = folder / "custom_components"
    custom.mkdir(exist_ok=True)
    if not (custom / integration.name).is_symlink():
        (custom / integration.name).symlink_to(integration.resolve())
    program = Program(
        name="home-assistant",
        command=[sys.executable, "-m", "homeassistant", "-c", str(folder), "--skip-pip"],
        log=log,
        ready=lambda: False,
        clock=clock,
        ready_within=150,
    )
    home = HomeAssistant(folder=folder, port=port, program=program)
    program.ready = home.is_running
    return home


def onboard(home: HomeAssistant, *, language: str = "en") -> None:
    """Go through the first hour of one just launched, over HTTP as its frontend does."""
    home.program.ready = home.answers
    home.program.wait_ready()
    home.program.ready = home.is_running
    token = _first_owner(home, language)
    with httpx.Client(base_url=home.url, headers={"Authorization": f"Bearer {token}"}) as owner:
        for step in ("core_config", "analytics", "integration"):
            body = {"client_id": f"{home.url}/", "redirect_uri": f"{home.url}/?auth_callback=1"}
            given = body if step == "integration" else {}
            owner.post(f"/api/onboarding/{step}", json=given, timeout=60).raise_for_status()
    client = HomeAssistantClient(url=home.url, token=token)
    until(lambda: client.get("/api/config")["state"] == "RUNNING", "Home Assistant to be running")
    _, lasting = client.commands(
        # Without it the port of configuration.yaml is on trial for five minutes only.
        {"type": "http/config/promote"},
        {"type": "auth/long_lived_access_token", "client_name": "stage", "lifespan": 365},
    )
    (home.folder / "owner.token").write_text(lasting)
    _remove_what_wants_internet(client)


def _first_owner(home: HomeAssistant, language: str) -> str:
    client_id = f"{home.url}/"
    with httpx.Client(base_url=home.url, timeout=60) as stranger:
        made = stranger.post(
            "/api/onboarding/users",
            json={
                "client_id": client_id,
                "name": "Owner",
                "username": OWNER,
                "password": PASSWORD,
                "language": language,
            },
        ).raise_for_status()
        token = stranger.post(
            "/auth/token",
            data={
                "grant_type": "authorization_code",
                "code": made.json()["auth_code"],
                "client_id": client_id,
            },
        ).raise_for_status()
        access: str = json.loads(token.text)["access_token"]
        return access


def _remove_what_wants_internet(client: HomeAssistantClient) -> None:
    for entry in client.get("/api/config/config_entries/entry"):
        if entry["domain"] in WANT_INTERNET:
            client.delete(f"/api/config/config_entries/entry/{entry['entry_id']}")


def connect_broker(home: HomeAssistant, broker: Broker) -> None:
    """Set MQTT up through its own config flow."""
    flow = Flow.begin(home.client(), "mqtt")
    plain = {"set_client_cert": False, "set_ca_cert": "off"}
    given = {"broker": "127.0.0.1", "port": broker.port, "protocol": broker.protocol}
    flow.answer("broker", {**given, "other_settings": plain}).created()
