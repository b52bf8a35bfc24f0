package recipes

import cors "github.com/crossgate/cors/core"

// JSONAPI is for an API that takes and returns JSON, with a token in Authorization.
func JSONAPI(origins ...string) cors.Config {
	return cors.Config{
		AllowOrigins:  origins,
		AllowMethods:  []string{"PUT", "PATCH", "DELETE"},
		AllowHeaders:  []string{"Content-Type", "Authorization", "If-Match", "If-None-Match", "Idempotency-Key"},
		ExposeHeaders: []string{"ETag", "Link", "Location", "Retry-After"},
	}
}

// Connect is for services that clients in browsers call by Connect or gRPC-Web.
func Connect(origins ...string) cors.Config {
	return cors.Config{
		AllowOrigins: origins,
		AllowHeaders: []string{
			"Content-Type", "Authorization", "X-User-Agent",
			"Connect-Protocol-Version", "Connect-Timeout-Ms", // Connect
			"X-Grpc-Web", "Grpc-Timeout", // gRPC-Web
		},
		ExposeHeaders: []string{"Grpc-Status", "Grpc-Message", "Grpc-Status-Details-Bin"}, // gRPC-Web
	}
}

// MCP is for a server of the Model Context Protocol, over Streamable HTTP.
func MCP(origins ...string) cors.Config {
	return cors.Config{
		AllowOrigins: origins,
		AllowMethods: []string{"DELETE"}, // ends a session, before 2026-07-28
		AllowHeaders: []string{
			"Content-Type", "Authorization", "MCP-Protocol-Version",
			"Mcp-Session-Id", "Last-Event-ID", // before 2026-07-28
			"Mcp-Method", "Mcp-Name", // since 2026-07-28
		},
		ExposeHeaders: []string{"Mcp-Session-Id", "WWW-Authenticate"},
		Enforce:       cors.EnforceAll, // the specification wants a 403 for other origins
	}
}

// Tus is for resumable uploads by tus 1.0 with all its extensions.
func Tus(origins ...string) cors.Config {
	return cors.Config{
		AllowOrigins: origins,
		AllowMethods: []string{"PATCH", "DELETE", "OPTIONS"},
		AllowHeaders: []string{
			"Content-Type", "Authorization", "Tus-Resumable",
			"Upload-Offset", "Upload-Length", "Upload-Defer-Length", "Upload-Metadata", "Upload-Checksum", "Upload-Concat",
		},
		ExposeHeaders: []string{
			"Location", "Tus-Resumable", "Tus-Version", "Tus-Extension", "Tus-Max-Size", "Tus-Checksum-Algorithm",
			"Upload-Offset", "Upload-Length", "Upload-Defer-Length", "Upload-Metadata", "Upload-Expires", "Upload-Concat",
		},
	}
}
