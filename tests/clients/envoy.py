"""An Envoy before two servers, which weighs them by their load reports: how many calls each one got."""

import json
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

import grpc
import numpy as np
import tritonclient.grpc as triton

envoy, model, image, busy, idle, seconds = sys.argv[1:]


def endpoint(address):
    host, port = address.rsplit(":", 1)
    return {"endpoint": {"address": {"socket_address": {"address": host, "port_value": int(port)}}}}


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


port, admin = free_port(), free_port()
http2 = {
    "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
        "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
        "explicit_http_config": {"http2_protocol_options": {}},
    }
}
weighted = {
    "name": "envoy.load_balancing_policies.client_side_weighted_round_robin",
    "typed_config": {
        "@type": "type.googleapis.com/envoy.extensions.load_balancing_policies"
        ".client_side_weighted_round_robin.v3.ClientSideWeightedRoundRobin",
        "blackout_period": "1s",
        "weight_update_period": "1s",
    },
}
manager = {
    "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3"
    ".HttpConnectionManager",
    "stat_prefix": "grpc",
    "codec_type": "HTTP2",
    "route_config": {"virtual_hosts": [{
        "name": "all",
        "domains": ["*"],
        "routes": [{"match": {"prefix": "/"}, "route": {"cluster": "servers", "timeout": "30s"}}],
    }]},
    "http_filters": [{
        "name": "envoy.filters.http.router",
        "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"
        },
    }],
}
config = {
    "admin": {"address": {"socket_address": {"address": "127.0.0.1", "port_value": admin}}},
    "static_resources": {
        "listeners": [{
            "name": "in",
            "address": {"socket_address": {"address": "127.0.0.1", "port_value": port}},
            "filter_chains": [{"filters": [{
                "name": "envoy.filters.network.http_connection_manager",
                "typed_config": manager,
            }]}],
        }],
        "clusters": [{
            "name": "servers",
            "type": "STATIC",
            "connect_timeout": "5s",
            "typed_extension_protocol_options": http2,
            "load_balancing_policy": {"policies": [{"typed_extension_config": weighted}]},
            "load_assignment": {
                "cluster_name": "servers",
                "endpoints": [{"lb_endpoints": [endpoint(busy), endpoint(idle)]}],
            },
        }],
    }
}
with tempfile.NamedTemporaryFile("w", suffix=".json", delete=False) as file:
    json.dump(config, file)
proxy = subprocess.Popen(
    [envoy, "-c", file.name, "--concurrency", "1", "--log-level", "error", "--disable-hot-restart"],
    stdout=subprocess.DEVNULL,
    stderr=sys.stderr,
)
try:
    grpc.channel_ready_future(grpc.insecure_channel(f"127.0.0.1:{port}")).result(timeout=30)
    client = triton.InferenceServerClient(f"127.0.0.1:{port}")
    body = open(image, "rb").read()

    picture = triton.InferInput(client.get_model_metadata(model).inputs[0].name, [1], "BYTES")
    picture.set_data_from_numpy(np.array([body], dtype=object))
    direct = triton.InferenceServerClient(busy)
    until = time.time() + float(seconds)
    stop = threading.Event()

    def others():
        """The busy one has others to serve beside those that come through the proxy."""
        while not stop.is_set():
            direct.infer(model, [picture])

    crowd = [threading.Thread(target=others) for _ in range(3)]
    for one in crowd:
        one.start()
    calls = 1  # for the metadata
    while time.time() < until:
        client.infer(model, [picture])
        calls += 1
    stop.set()
    for one in crowd:
        one.join()
    with urllib.request.urlopen(f"http://127.0.0.1:{admin}/clusters?format=json") as answer:
        [cluster] = json.load(answer)["cluster_statuses"]
    through = {
        f"{host['address']['socket_address']['address']}:{host['address']['socket_address']['port_value']}":
            next(int(stat["value"]) for stat in host["stats"] if stat["name"] == "rq_total")
        for host in cluster["host_statuses"]
    }
    print(json.dumps({"calls": calls, "through": [through[busy], through[idle]]}))
finally:
    proxy.kill()
