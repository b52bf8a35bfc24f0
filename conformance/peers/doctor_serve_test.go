package peers

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// goPrograms serves the bodies of functions that return an http.Handler, all in one
// program.
func goPrograms(name, imports, used string) func(tb testing.TB, bodies []string) []string {
	return func(tb testing.TB, bodies []string) []string {
		tb.Helper()
		var b strings.Builder
		b.WriteString("package main\n\nimport (\n\t\"encoding/json\"\n\t\"fmt\"\n\t\"io\"\n\t\"net\"\n\t\"net/http\"\n\t\"os\"\n\t\"strings\"\n\n\t" + imports + "\n)\n\n" +
			"var _ = strings.HasSuffix\n" + used + "\n")
		for i, body := range bodies {
			fmt.Fprintf(&b, "\nfunc program%d() http.Handler {\n%s}\n", i, body)
		}
		b.WriteString("\nfunc main() {\n\tvar ports []int\n\tfor _, handler := range []http.Handler{\n")
		for i := range bodies {
			fmt.Fprintf(&b, "\t\tprogram%d(),\n", i)
		}
		b.WriteString(`	} {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			panic(err)
		}
		ports = append(ports, listener.Addr().(*net.TCPAddr).Port)
		go func() { _ = http.Serve(listener, handler) }()
	}
	text, _ := json.Marshal(map[string]any{"ports": ports})
	fmt.Println(string(text))
	_, _ = io.Copy(io.Discard, os.Stdin) // the program ends with the test
}
`)
		folder, err := filepath.Abs("_guides")
		require.NoError(tb, err)
		dir := tb.TempDir()
		source, binary, replace := filepath.Join(dir, "main.go"), filepath.Join(dir, "doctor"), filepath.Join(dir, "overlay.json")
		require.NoError(tb, os.WriteFile(source, []byte(b.String()), 0o600))
		overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{filepath.Join(folder, "doctor-"+name, "main.go"): source}})
		require.NoError(tb, err)
		require.NoError(tb, os.WriteFile(replace, overlay, 0o600))
		out, err := exec.CommandContext(tb.Context(), "go", "build", "-overlay", replace, "-ldflags=-s -w", "-o", binary, "./_guides/doctor-"+name).CombinedOutput()
		require.NoError(tb, err, "%s\n%s", out, b.String())
		cmd := exec.Command(binary)
		cmd.Env = append(os.Environ(), "GIN_MODE=release")
		return startProcess(tb, cmd, "", ports)
	}
}

func nginxPatient() patient {
	const upstream = "proxy_pass http://$UPSTREAM;"
	return patient{
		name: "nginx",
		whole: func(p parts) string {
			return joinedLines(p.first, p.slash, p.auth, p.cors, p.second, p.answer)
		},
		cors: func(origin string, methods, headers []string) string {
			return fmt.Sprintf(`set $allowed "";
if ($http_origin = "%s") { set $allowed $http_origin; }
if ($request_method = OPTIONS) {
    add_header Access-Control-Allow-Origin $allowed always;
    add_header Access-Control-Allow-Methods "%s" always;
    add_header Access-Control-Allow-Headers "%s" always;
    add_header Vary Origin always;
    return 204;
}
add_header Access-Control-Allow-Origin $allowed always;
add_header Vary Origin always;`, origin, strings.Join(methods, ", "), strings.Join(headers, ", "))
		},
		noVary: `set $allowed "";
if ($http_origin = "https://app.example.com") { set $allowed $http_origin; }
if ($request_method = OPTIONS) {
    add_header Access-Control-Allow-Origin $allowed always;
    add_header Access-Control-Allow-Methods "PUT" always;
    add_header Access-Control-Allow-Headers "authorization, x-debug" always;
    return 204;
}
add_header Access-Control-Allow-Origin $allowed always;`,
		slash:  `if ($uri !~ /$) { return 301 $uri/; }`,
		auth:   func(refuse string) string { return `if ($http_authorization = "") { ` + refuse + ` }` },
		deny:   `return 401;`,
		second: `proxy_set_header X-Second 1; # makes the upstream send the headers too`,
		answer: upstream,
		login:  `return 302 ` + elsewhere + `;`,
		heal: func(p parts, code string) parts {
			p.second = nginxPatient().second + "\n" + code
			return p
		},
		serve: nginxServers,
	}
}

// nginxServers serves each text as the location / of its own server, before a common
// upstream.
func nginxServers(tb testing.TB, locations []string) []string {
	tb.Helper()
	if _, err := exec.LookPath("nginx"); err != nil {
		absent(tb, "nginx", "nginx-light", err)
	}
	dir := tb.TempDir()
	upstream := ownAddress(tb)
	var b strings.Builder
	fmt.Fprintf(&b, "worker_processes 1;\ndaemon off;\nmaster_process off;\npid %s/pid;\nerror_log stderr crit;\nevents { worker_connections 64; }\nhttp {\naccess_log off;\n", dir)
	for _, kind := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		fmt.Fprintf(&b, "%s_temp_path %s/%s;\n", kind, dir, kind)
	}
	b.WriteString("map $http_x_second $second { default \"\"; 1 \"https://app.example.com\"; }\n")
	fmt.Fprintf(&b, "server { listen %s; location / { add_header Access-Control-Allow-Origin $second always; return 200 items; } }\n", upstream)
	var addrs []string
	for _, location := range locations {
		addr := ownAddress(tb)
		addrs = append(addrs, addr)
		fmt.Fprintf(&b, "server {\nlisten %s;\nabsolute_redirect off;\nlocation / {\n%s}\n}\n", addr, strings.ReplaceAll(location, "$UPSTREAM", upstream))
	}
	b.WriteString("}\n")
	config := filepath.Join(dir, "nginx.conf")
	require.NoError(tb, os.WriteFile(config, []byte(b.String()), 0o600))
	cmd := exec.Command("sh", "-c", `echo started; "$@" </dev/null & cat >/dev/null; kill $!`, "sh", "nginx", "-p", dir, "-c", config)
	startProcess(tb, cmd, "", func(line string) (struct{}, bool) { return struct{}{}, line == "started\n" })
	for end := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		conn, err := net.Dial("tcp", addrs[len(addrs)-1])
		if err == nil {
			_ = conn.Close()
			return addrs
		}
		require.False(tb, time.Now().After(end), "nginx does not listen: %v\n%s", err, b.String())
	}
}
