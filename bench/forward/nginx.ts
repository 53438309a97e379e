/** An nginx that passes gRPC on: https://nginx.org/en/docs/http/ngx_http_grpc_module.html */

import { join } from "node:path";

/** A configuration in a directory of its own, and what it is started with. */
export async function nginxAt(
  port: number,
  server: string,
): Promise<{ directory: string; args: string[] }> {
  const directory = await Deno.makeTempDir({ prefix: "smarteye_nginx_" });
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `  ${name}_temp_path ${directory};`);
  await Deno.writeTextFile(
    join(directory, "nginx.conf"),
    `daemon off; worker_processes 1; pid ${directory}/pid; error_log ${directory}/error.log;
events { worker_connections 512; }
http {
  access_log off;
${temporary.join("\n")}
  client_max_body_size 10m; client_body_buffer_size 1m;
  upstream servers { server ${server}; keepalive 64; keepalive_requests 1000000; }
  server {
    listen 127.0.0.1:${port} http2; http2_max_requests 1000000; keepalive_requests 1000000;
    location / { grpc_pass grpc://servers; }
  }
}
`,
  );
  return { directory, args: ["-p", directory, "-c", join(directory, "nginx.conf")] };
}
