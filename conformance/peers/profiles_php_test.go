package peers

import (
	"testing"
	"time"

	cors "github.com/crossgate/cors/core"
)

func startPHP(tb testing.TB, profiles []profile) []string {
	tb.Helper()
	return phpProgram(tb, texts(profiles))
}

// phpProfiles are the lines at the top of many scripts.
func phpProfiles() []profile {
	return []profile{
		{
			name: "any origin",
			there: `header('Access-Control-Allow-Origin: *');
header('Access-Control-Allow-Methods: GET, POST, PUT, DELETE, OPTIONS');
header('Access-Control-Allow-Headers: Content-Type, Authorization, X-Requested-With');
if ($_SERVER['REQUEST_METHOD'] === 'OPTIONS') {
    http_response_code(204);
    exit;
}`,
			here: cors.Config{
				AllowOrigins: []string{"*"},
				AllowMethods: []string{"PUT", "DELETE"},
				AllowHeaders: []string{"Content-Type", "Authorization", "X-Requested-With"},
			},
		},
		{
			name:  "the one line",
			there: `header('Access-Control-Allow-Origin: *');`,
			here: cors.Config{
				AllowOrigins: []string{"*"},
			},
			note: "The script does not answer OPTIONS, so no preflight succeeds and pages can only make simple requests. Add AllowMethods and AllowHeaders to allow others.",
		},
		{
			name: "any header, by wildcard",
			there: `header('Access-Control-Allow-Origin: *');
header('Access-Control-Allow-Methods: *');
header('Access-Control-Allow-Headers: *');
header('Access-Control-Expose-Headers: *');
header('Access-Control-Max-Age: 600');
if ($_SERVER['REQUEST_METHOD'] === 'OPTIONS') {
    exit;
}`,
			here: cors.Config{
				AllowOrigins:  []string{"*"},
				AllowMethods:  []string{"*"},
				AllowHeaders:  []string{"*"},
				ExposeHeaders: []string{"*"},
				MaxAge:        10 * time.Minute,
			},
			note: "In the standard, `*` does not include Authorization, although browsers still accept it. List `Authorization` too, as `cors.AllowAll()` does.",
		},
		{
			name: "one origin, with credentials",
			there: `header('Access-Control-Allow-Origin: https://app.example.com');
header('Access-Control-Allow-Credentials: true');
header('Access-Control-Allow-Methods: GET, POST, PUT, DELETE');
header('Access-Control-Allow-Headers: Content-Type');
header('Access-Control-Expose-Headers: X-Total-Count');
if ($_SERVER['REQUEST_METHOD'] === 'OPTIONS') {
    exit;
}`,
			here: cors.Config{
				AllowOrigins:     []string{"https://app.example.com"},
				AllowCredentials: true,
				AllowMethods:     []string{"PUT", "DELETE"},
				AllowHeaders:     []string{"Content-Type"},
				ExposeHeaders:    []string{"X-Total-Count"},
			},
		},
		{
			name: "a list of origins",
			there: `$allowed = ['https://app.example.com', 'https://admin.example.com'];
$origin = $_SERVER['HTTP_ORIGIN'] ?? '';
if (in_array($origin, $allowed)) {
    header('Access-Control-Allow-Origin: ' . $origin);
    header('Access-Control-Allow-Credentials: true');
    header('Access-Control-Allow-Methods: GET, POST, PUT, DELETE');
    header('Access-Control-Allow-Headers: Content-Type');
}
if ($_SERVER['REQUEST_METHOD'] === 'OPTIONS') {
    exit;
}`,
			here: cors.Config{
				AllowOrigins:     []string{"https://app.example.com", "https://admin.example.com"},
				AllowCredentials: true,
				AllowMethods:     []string{"PUT", "DELETE"},
				AllowHeaders:     []string{"Content-Type"},
			},
			note: "The script does not send `Vary: Origin`, so a shared cache may give one origin's answer to the other. Crossgate always sends it.",
		},
		{
			name: "several origins in one header",
			there: `header('Access-Control-Allow-Origin: https://app.example.com, https://admin.example.com');
if ($_SERVER['REQUEST_METHOD'] === 'OPTIONS') {
    exit;
}`,
			here: cors.Config{
				AllowOrigins: []string{"https://app.example.com", "https://admin.example.com"},
			},
			differs: []difference{{
				when: from("https://app.example.com", "https://admin.example.com"), what: "Pages of the listed origins", allowedThere: false,
				why: "the header holds one origin, and a browser compares the whole value with its own (Fetch, CORS check, step 4): it never worked there",
			}},
		},
		{
			name: "a regular expression",
			there: `$origin = $_SERVER['HTTP_ORIGIN'] ?? '';
if (preg_match('/example\.com$/', $origin)) {
    header('Access-Control-Allow-Origin: ' . $origin);
    header('Vary: Origin');
}
if ($_SERVER['REQUEST_METHOD'] === 'OPTIONS') {
    exit;
}`,
			here: cors.Config{
				AllowOrigins: []string{"https://example.com", "https://*.example.com"},
			},
			differs: []difference{
				{
					when: from("https://evilexample.com"), what: "Pages of `https://evilexample.com`", allowedThere: true,
					why: "the regular expression has no boundary before the name, so it also allows any registered name with that ending",
				},
				{
					when: from("http://app.example.com"), what: "Pages of `http://` origins", allowedThere: true,
					why: "the regular expression does not check the scheme; list `http://*.example.com` too if you mean these pages",
				},
			},
		},
		{
			name: "every origin that asks, with credentials",
			there: `if (isset($_SERVER['HTTP_ORIGIN'])) {
    header('Access-Control-Allow-Origin: ' . $_SERVER['HTTP_ORIGIN']);
    header('Access-Control-Allow-Credentials: true');
}
if ($_SERVER['REQUEST_METHOD'] === 'OPTIONS') {
    header('Access-Control-Allow-Methods: GET, POST, PUT, DELETE');
    header('Access-Control-Allow-Headers: ' . ($_SERVER['HTTP_ACCESS_CONTROL_REQUEST_HEADERS'] ?? ''));
    exit;
}`,
			here: cors.Config{
				AllowOrigins:     []string{"https://app.example.com"},
				AllowCredentials: true,
				AllowMethods:     []string{"PUT", "DELETE"},
				AllowHeaders:     []string{"*"},
			},
			differs: []difference{{
				when: notFrom("https://app.example.com"), what: "Pages of origins that are not listed", allowedThere: true,
				why: "any page could read the signed-in visitor's data, and act for them: in Crossgate, `*` with AllowCredentials does not compile",
			}},
		},
	}
}
