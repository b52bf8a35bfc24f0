package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/crossgate/cors/conformance/internal/rawserver"
)

// printable fails a test for a byte or character that a terminal would obey.
func printable(t *testing.T, text string) {
	t.Helper()
	for _, r := range text {
		if r != '\n' && r != ' ' && !unicode.IsPrint(r) {
			t.Errorf("%q is printed", r)
		}
	}
}

// A server's response is escaped for the terminal, does not keep the program busy, and is
// not read without end.
func TestHostileServers(t *testing.T) {
	t.Parallel()
	const allow = "HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\n"
	for name, target := range map[string]string{
		"a body without an end":          rawserver.Start(t, allow+"\r\n", strings.Repeat("a", 1<<16)),
		"24,000 lines":                   rawserver.Start(t, allow+strings.Repeat("X: y\r\n", 24_000)+"\r\n", ""),
		"24,000 names":                   rawserver.Start(t, allow+numbered(24_000)+"\r\n", ""),
		"a head without an end":          rawserver.Start(t, allow, "X: y\r\n"),
		"interim heads without an end":   rawserver.Start(t, "", "HTTP/1.1 103 x\r\n\r\n"),
		"a location for the terminal":    rawserver.Start(t, "HTTP/1.1 302 Found\r\nAccess-Control-Allow-Origin: *\r\nLocation: /\u009b31m?\u009b31m\u202e\r\n\r\n", ""),
		"a header for the terminal":      rawserver.Start(t, "HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: \x1b[31m\u009b\u202e\xff\r\nVary: \x07\r\n\r\n", ""),
		"a status line for the terminal": rawserver.Start(t, "HTTP/1.1 \x1b[31m\r\n\r\n", ""),
		"a cookie for the terminal":      rawserver.Start(t, allow+"Set-Cookie: \x1b[31m=1; \x1b\r\n\r\n", ""),
	} {
		for _, args := range [][]string{{"-method", "GET"}, {"-method", "PUT", "-credentials", "include"}, {"-json"}, {"-policy", "testdata/routes.json"}} {
			t.Run(name+" "+strings.Join(args, " "), func(t *testing.T) {
				t.Parallel()
				var out, problems strings.Builder
				run(t.Context(), append(args, target), strings.NewReader(""), &out, &problems)
				printable(t, out.String()+problems.String())
			})
		}
	}
}

// FuzzServers: for any answer of a server, the program ends with one of its exit statuses,
// and its output is escaped.
func FuzzServers(f *testing.F) {
	f.Add("HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: https://app.example.com\r\n\r\nok")
	f.Add("HTTP/1.1 302 \x1b\r\nLocation: /\u202e?\x9b\r\n\r\n")
	f.Add("HTTP/1.1 401 x\r\nServer: nginx\x1b[31m\r\nAge: \x07\r\n\r\n")
	f.Add("HTTP/1.1 200 x\r\nAccess-Control-Allow-Origin: a, \xff\r\nSet-Cookie: \x9b=1\r\nVia: \u009b\r\n\r\n")
	f.Fuzz(func(t *testing.T, answer string) {
		if strings.Contains(strings.ToLower(answer), "location") { // otherwise requests would leave this machine
			answer = strings.NewReplacer("//", "/", `\\`, "/").Replace(answer)
		}
		target := rawserver.Start(t, answer, "")
		for _, args := range [][]string{{"-method", "PUT", "-for", "all"}, {"-json", "-credentials", "include"}} {
			var out, problems strings.Builder
			if exit := run(t.Context(), append(args, "-timeout", "5s", target), strings.NewReader(""), &out, &problems); exit < exitHealthy || exit > exitUsage {
				t.Errorf("exit status %d", exit)
			}
			printable(t, out.String()+problems.String())
		}
	})
}

func numbered(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "X-%d: y\r\n", i)
	}
	return b.String()
}

// A certificate's names are escaped for the terminal.
func TestCertificateForTheTerminal(t *testing.T) {
	t.Parallel()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"\x1b[31mred.example"}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	server.StartTLS()
	defer server.Close()
	var out, problems strings.Builder
	if exit := run(t.Context(), []string{server.URL}, strings.NewReader(""), &out, &problems); exit != exitUsage {
		t.Errorf("exit status %d", exit)
	}
	printable(t, out.String()+problems.String())
}

// Three servers without a mistake: a page with its own scheme is tested like others; a
// server with one fixed origin gets no note about two lines; and a method without a route
// does not differ from the policy.
func TestOwnSchemesFixedOriginsAndRoutes(t *testing.T) {
	t.Parallel()
	for _, page := range []string{"tauri://localhost", "capacitor://localhost", "chrome-extension://abcdefghijklmnop", "file://", "app://."} {
		server := httptest.NewServer(sends(200, "Access-Control-Allow-Origin: "+page))
		var out, problems strings.Builder
		if exit := run(t.Context(), []string{"-origin", page, server.URL}, strings.NewReader(""), &out, &problems); exit != exitHealthy {
			t.Errorf("%s: exit status %d: %s%s", page, exit, out.String(), problems.String())
		}
		if strings.Contains(out.String(), "two Origin lines") || strings.Contains(out.String(), "Vary") {
			t.Errorf("%s: %s", page, out.String())
		}
		server.Close()
	}
	served := serving(config(t, "testdata/routes.json", nil), nil)
	routed := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if m := r.Header.Get("Access-Control-Request-Method"); m != "" && m != "GET" && m != "PUT" {
			w.Header().Set("Vary", "Origin")
			if r.Header.Get("Origin") == origin { // a Mount does this if no route serves the method
				w.Header().Set("Access-Control-Allow-Origin", origin)
				w.Header().Set("Access-Control-Allow-Credentials", "true")
			}
			w.WriteHeader(http.StatusMethodNotAllowed)
			return
		}
		served.ServeHTTP(w, r)
	}))
	defer routed.Close()
	var out, problems strings.Builder
	if exit := run(t.Context(), []string{"-probe=false", "-policy", "testdata/routes.json", routed.URL}, strings.NewReader(""), &out, &problems); exit != exitHealthy {
		t.Errorf("exit status %d: %s%s", exit, out.String(), problems.String())
	}
}

// A firewall that drops OPTIONS costs half of the time, and is named: a GET is answered.
func TestOptionsDropped(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodOptions {
			<-r.Context().Done()
			return
		}
		right(w, r)
	}))
	defer server.Close()
	for _, args := range [][]string{{"--probe"}, {"--credentials", "include"}} {
		exit, out, problems := doctor(t, append(args, "--method", "PUT", "--timeout", "2s", server.URL)...)
		said := strings.Join(strings.Fields(out), " ")
		for _, want := range []string{"BLOCKED", "BLOCKED: the preflight (OPTIONS) gets no whole response within 1s", "cause: preflight-unanswered: Nothing answers the preflight: a firewall, a proxy or the server drops OPTIONS", "seen: The preflight (OPTIONS) gets no whole response within 1s.", "A GET with this Origin gets status 200", "send: (status 204)"} {
			if exit != exitIll || problems != "" || !strings.Contains(said, want) {
				t.Errorf("%v: exit %d, without %q: %s%s", args, exit, want, out, problems)
			}
		}
	}
	_, _, problems := doctor(t, "--method", "PUT", "--probe=false", "--timeout", "300ms", server.URL)
	if !strings.Contains(strings.Join(strings.Fields(problems), " "), "no response to the preflight (OPTIONS) within 300ms: does a firewall drop the request?") {
		t.Error(problems)
	}
}
