"""An enrolment as one line for a QR code, and the code's picture as SVG.

Used by the console and the command line.
"""

import io
from urllib.parse import quote

import segno


def enrolment_uri(url: str, code: str, key: str) -> str:
    return f"anshim:enrol?u={quote(url, safe='')}&c={code}&k={key}"


def qr_svg(text: str) -> str:
    """Without a size of its own: whoever shows it says how wide, and nothing of it is cut off."""
    out = io.BytesIO()
    segno.make(text, error="m").save(
        out, kind="svg", xmldecl=False, svgns=True, border=4, omitsize=True
    )
    return out.getvalue().decode()
