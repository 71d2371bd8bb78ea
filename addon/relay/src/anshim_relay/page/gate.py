"""Who may see the page, and that what is sent came from it. In front of every handler of the page.

As an app it has no login of its own: Home Assistant checks who is there, and only its Supervisor
may come in. As a plain program it is for the machine it runs on.
"""

from collections.abc import Mapping
import hmac
import ipaddress
import secrets

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware
from yarl import URL

from anshim_relay import log
from anshim_relay.page.visitor import Visitor

# Where the Supervisor always is on the network of the apps.
SUPERVISOR = "172.30.32.2"
HERE = frozenset({"localhost", "127.0.0.1", "::1"})
# Home Assistant shows the page in a frame of its own.
CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Gate:
    def __init__(self, *, is_app: bool) -> None:
        self._is_app = is_app
        # No other site can read the page, so none can know this.
        self.token = secrets.token_urlsafe(32)

    def middleware(self) -> Middleware:
        @web.middleware
        async def admit(request: web.Request, handler: Handler) -> web.StreamResponse:
            if not self._may_enter(request):
                log.warning("page_refused", reason="not-through-home-assistant")
                return refusal(request, "refused.elsewhere")
            if request.method == hdrs.METH_POST and not await self._is_ours(request):
                log.warning("page_refused", reason="not-from-the-page")
                return refusal(request, "refused.stale")
            return await handler(request)

        return admit

    def _may_enter(self, request: web.Request) -> bool:
        """Outside the app also the name must be this machine's: names can be made to point here."""
        if self._is_app:
            return request.remote == SUPERVISOR
        try:
            return is_loopback(request.remote or "") and URL(f"http://{request.host}").host in HERE
        except ValueError:
            return False

    async def _is_ours(self, request: web.Request) -> bool:
        if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
            return False
        try:
            given = (await request.post()).get("csrf")
        except LookupError, ValueError:
            # No form at all, or in letters that nobody knows.
            return False
        return isinstance(given, str) and hmac.compare_digest(given.encode(), self.token.encode())


def is_loopback(address: str) -> bool:
    return ipaddress.ip_address(address).is_loopback


def refusal(request: web.Request, key: str) -> web.Response:
    return web.Response(status=403, text=Visitor.of(request).t(key) + "\n")


@web.middleware
async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Whatever the answer is, refusals and failures too."""
    response = await handler(request)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response
