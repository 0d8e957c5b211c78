"""The playground: a network, its data and its training, moved by commands from a page.

`Session` takes a command, a dictionary, and gives a header, plain data, and arrays. It knows no
server and no clock: the same commands give the same bytes. `Player` trains on while it plays.
`serve` carries them to a browser on this machine.
"""

from pellucid.play.player import Player
from pellucid.play.session import Session
from pellucid.wording import tell

__all__ = ["Player", "Session"]

tell(globals(), "play")
