"""An RTSP camera: a moving test picture, H.264, that misbehaves as its stdin says.

Prints `ready` when it listens. Commands, a line each: `stall` (sends nothing more, closes nothing),
`resume`, `size WIDTHxHEIGHT` (in mid-stream), `viewers` (prints how many sessions there are).
"""

import argparse
import sys
import threading

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", required=True)
    parser.add_argument("--path", default="/live")
    parser.add_argument("--size", default="320x240")
    parser.add_argument("--fps", type=int, default=25)
    parser.add_argument("--user")
    parser.add_argument("--password", default="")
    parser.add_argument("--auth", choices=["basic", "digest"], default="digest")
    parser.add_argument("--udp", action="store_true", help="refuses to send over TCP")
    return parser.parse_args()


class Camera:
    """What is asked for is sent from one pipeline to all who watch."""

    def __init__(self, options):
        self.options = options
        self.size = options.size
        self.stalled = False
        self.caps = None
        self.server = GstRtspServer.RTSPServer.new()
        self.server.set_address("127.0.0.1")
        self.server.set_service(options.port)
        factory = GstRtspServer.RTSPMediaFactory.new()
        factory.set_shared(True)
        factory.set_launch(
            "( videotestsrc is-live=true pattern=ball"
            " ! capsfilter name=size"
            " ! x264enc threads=1 tune=zerolatency speed-preset=ultrafast key-int-max=15 bitrate=800"
            " ! video/x-h264,profile=baseline"
            " ! rtph264pay name=pay0 pt=96 config-interval=-1 )"
        )
        if options.udp:
            factory.set_protocols(GstRtsp.RTSPLowerTrans.UDP)
        factory.connect("media-configure", self.configure)
        if options.user is not None:
            self.protect(factory)
        self.server.get_mount_points().add_factory(options.path, factory)

    def protect(self, factory):
        options = self.options
        auth = GstRtspServer.RTSPAuth()
        token = GstRtspServer.RTSPToken()
        token.set_string("media.factory.role", "viewer")
        if options.auth == "digest":
            auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
            auth.add_digest(options.user, options.password, token)
        else:
            auth.set_supported_methods(GstRtsp.RTSPAuthMethod.BASIC)
            pair = GstRtspServer.RTSPAuth.make_basic(options.user, options.password)
            auth.add_basic(pair, token)
        permissions = GstRtspServer.RTSPPermissions()
        permissions.add_permission_for_role("viewer", "media.factory.access", True)
        permissions.add_permission_for_role("viewer", "media.factory.construct", True)
        factory.set_permissions(permissions)
        self.server.set_auth(auth)

    def configure(self, _factory, media):
        pipeline = media.get_element()
        self.caps = pipeline.get_by_name("size")
        self.resize(self.size)
        pad = pipeline.get_by_name("pay0").get_static_pad("src")
        kinds = Gst.PadProbeType.BUFFER | Gst.PadProbeType.BUFFER_LIST
        pad.add_probe(kinds, lambda _pad, _info: self.passes())

    def passes(self):
        return Gst.PadProbeReturn.DROP if self.stalled else Gst.PadProbeReturn.OK

    def resize(self, size):
        self.size = size
        if self.caps is None:
            return
        width, height = size.split("x")
        form = f"video/x-raw,format=I420,width={width},height={height}"
        caps = Gst.Caps.from_string(f"{form},framerate={self.options.fps}/1")
        self.caps.set_property("caps", caps)

    def obey(self, line):
        command, _, value = line.strip().partition(" ")
        if command == "stall":
            self.stalled = True
        elif command == "resume":
            self.stalled = False
        elif command == "size":
            self.resize(value)
        elif command == "viewers":
            print("viewers", self.server.get_session_pool().get_n_sessions(), flush=True)
        if command:
            print("done", command, flush=True)
        return False


def main():
    Gst.init(None)
    camera = Camera(arguments())
    if camera.server.attach(None) == 0:
        sys.exit("the port is taken")
    loop = GLib.MainLoop()

    def listen():
        for line in sys.stdin:
            GLib.idle_add(camera.obey, line)
        GLib.idle_add(loop.quit)  # whoever started it is gone

    threading.Thread(target=listen, daemon=True).start()
    print("ready", flush=True)
    loop.run()


main()
