# The bundled checks as Cloudflare workers that may speak with loopback: as of this month, and as of a date from which on
# a promise still could not cross requests, and a redirect took `authorization` along to other origins.
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "current", worker = (modules = .modules, compatibilityDate = "2026-11-17", globalOutbound = "loopback")),
    (name = "old", worker = (modules = .modules, compatibilityDate = "2024-09-01", globalOutbound = "loopback")),
    (name = "loopback", network = (allow = ["private"]))
  ],
  sockets = [
    (name = "current", address = "127.0.0.1:0", http = (), service = "current"),
    (name = "old", address = "127.0.0.1:0", http = (), service = "old")
  ]
);

const modules :List(Workerd.Worker.Module) = [(name = "worker.js", esModule = embed "worker.js")];
