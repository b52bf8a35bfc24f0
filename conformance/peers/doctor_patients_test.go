package peers

import (
	"fmt"
	"strings"
	"testing"
)

// elsewhere is a sign-in page at another origin, where nothing answers.
const elsewhere = "http://localhost:1/login"

func quoted(list []string, quote string) string {
	return quote + strings.Join(list, quote+", "+quote) + quote
}

func joinedLines(lines ...string) string { return strings.Join(lines, "\n") + "\n" }

// patients are the systems of TestDoctor. Their settings are written as in their own
// documentation.
func patients() []patient {
	return []patient{expressPatient(), flaskPatient(), phpPatient(), ginContribPatient(), nginxPatient(), crossgatePatient()}
}

func expressPatient() patient {
	return patient{
		name: "Express",
		whole: func(p parts) string {
			return joinedLines(p.first, p.slash, p.auth, p.cors, p.second, "app.use((req, res) => { "+p.answer+" })")
		},
		cors: func(origin string, methods, headers []string) string {
			return fmt.Sprintf("app.use(cors({ origin: ['%s'], methods: [%s], allowedHeaders: [%s] }))", origin, quoted(methods, "'"), quoted(headers, "'"))
		},
		noVary: `app.use((req, res, next) => {
  if (req.headers.origin === 'https://app.example.com') res.set('Access-Control-Allow-Origin', req.headers.origin)
  res.set({ 'Access-Control-Allow-Methods': 'PUT', 'Access-Control-Allow-Headers': 'authorization,x-debug' })
  req.method === 'OPTIONS' ? res.sendStatus(204) : next()
})`,
		slash: `app.use((req, res, next) => req.path.endsWith('/') ? next() : res.redirect(301, req.path + '/'))`,
		auth: func(refuse string) string {
			return "app.use((req, res, next) => req.headers.authorization ? next() : " + refuse + ")"
		},
		deny:   `res.set('WWW-Authenticate', 'Bearer').sendStatus(401)`,
		second: `app.use((req, res, next) => { res.append('Access-Control-Allow-Origin', 'https://app.example.com'); next() })`,
		answer: `res.send('items')`,
		login:  `res.redirect(302, '` + elsewhere + `')`,
		serve:  func(tb testing.TB, programs []string) []string { return expressProgram(tb, "doctor.js", programs) },
	}
}

func flaskPatient() patient {
	return patient{
		name: "Flask",
		whole: func(p parts) string {
			// The function that is registered first runs last, after the response: Flask-CORS
			// skips responses that already have the headers.
			return joinedLines(p.first, p.slash, p.auth, p.second, p.cors,
				`@app.route("/items", methods=["GET", "POST", "PUT"])`, `@app.route("/items/", methods=["GET", "POST", "PUT"])`, "def items():", "    "+p.answer)
		},
		cors: func(origin string, methods, headers []string) string {
			return fmt.Sprintf(`CORS(app, origins=["%s", "https://b.example.com"], methods=[%s], allow_headers=[%s])`, origin, quoted(methods, `"`), quoted(headers, `"`))
		},
		noVary: `CORS(app, origins=["https://app.example.com", "https://b.example.com"], methods=["PUT"], allow_headers=["authorization", "x-debug"], vary_header=False)`,
		slash: `@app.before_request
def slash():
    if not request.path.endswith("/"):
        return redirect(request.path + "/", 301)
`,
		auth: func(refuse string) string {
			return "@app.before_request\ndef authenticate():\n    if \"Authorization\" not in request.headers:\n        " + refuse + "\n"
		},
		deny: `return "sign in", 401, {"WWW-Authenticate": "Bearer"}`,
		second: `@app.after_request
def second(response):
    response.headers.add("Access-Control-Allow-Origin", "https://app.example.com")
    return response
`,
		answer: `return "items"`,
		login:  `return redirect("` + elsewhere + `")`,
		serve:  func(tb testing.TB, programs []string) []string { return flaskProgram(tb, "doctor.py", programs) },
	}
}

func phpPatient() patient {
	return patient{
		name: "PHP",
		whole: func(p parts) string {
			return joinedLines(p.first, p.slash, p.auth, p.cors, p.second, p.answer, "exit;")
		},
		cors: func(origin string, methods, headers []string) string {
			return fmt.Sprintf(`header('Vary: Origin');
if (($_SERVER['HTTP_ORIGIN'] ?? '') === '%s') {
    header('Access-Control-Allow-Origin: %[1]s');
    header('Access-Control-Allow-Methods: %s');
    header('Access-Control-Allow-Headers: %s');
}
if ($_SERVER['REQUEST_METHOD'] === 'OPTIONS') {
    http_response_code(204);
    exit;
}`, origin, strings.Join(methods, ", "), strings.Join(headers, ", "))
		},
		noVary: `if (($_SERVER['HTTP_ORIGIN'] ?? '') === 'https://app.example.com') {
    header('Access-Control-Allow-Origin: https://app.example.com');
}
header('Access-Control-Allow-Methods: PUT');
header('Access-Control-Allow-Headers: authorization, x-debug');
if ($_SERVER['REQUEST_METHOD'] === 'OPTIONS') exit;`,
		slash: `if (substr($_SERVER['REQUEST_URI'], -1) !== '/') {
    header('Location: ' . $_SERVER['REQUEST_URI'] . '/', true, 301);
    exit;
}`,
		auth: func(refuse string) string {
			return "if (!isset($_SERVER['HTTP_AUTHORIZATION'])) {\n" + refuse + "\nexit;\n}"
		},
		deny:   `http_response_code(401); header('WWW-Authenticate: Bearer');`,
		second: `header('Access-Control-Allow-Origin: https://app.example.com', false);`,
		answer: `echo 'items';`,
		login:  `header('Location: ` + elsewhere + `', true, 302);`,
		serve:  phpProgram,
	}
}

func ginContribPatient() patient {
	return patient{
		name: "gin-contrib/cors",
		whole: func(p parts) string {
			return "engine := gin.New()\n" + joinedLines(p.first, p.slash, p.auth, p.cors, p.second) +
				"engine.Any(\"/items\", func(c *gin.Context) { " + p.answer + " })\nengine.Any(\"/items/\", func(c *gin.Context) { " + p.answer + " })\nreturn engine\n"
		},
		cors: func(origin string, methods, headers []string) string {
			return fmt.Sprintf("engine.Use(cors.New(cors.Config{AllowOrigins: []string{%q}, AllowMethods: []string{%s}, AllowHeaders: []string{%s}}))\n",
				origin, quoted(methods, `"`), quoted(headers, `"`)) +
				`engine.Use(func(c *gin.Context) { c.Writer.Header().Add("Vary", "Origin") })`
		},
		noVary: `engine.Use(func(c *gin.Context) {
	if c.GetHeader("Origin") == "https://app.example.com" {
		c.Header("Access-Control-Allow-Origin", "https://app.example.com")
	}
	c.Header("Access-Control-Allow-Methods", "PUT")
	c.Header("Access-Control-Allow-Headers", "authorization, x-debug")
	if c.Request.Method == "OPTIONS" {
		c.AbortWithStatus(204)
	}
})`,
		slash: `engine.Use(func(c *gin.Context) {
	if !strings.HasSuffix(c.Request.URL.Path, "/") {
		c.Redirect(http.StatusMovedPermanently, c.Request.URL.Path+"/")
		c.Abort()
	}
})`,
		auth: func(refuse string) string {
			return "engine.Use(func(c *gin.Context) {\n\tif c.GetHeader(\"Authorization\") == \"\" {\n\t\t" + refuse + "\n\t\tc.Abort()\n\t}\n})"
		},
		deny:   `c.Header("WWW-Authenticate", "Bearer"); c.AbortWithStatus(http.StatusUnauthorized)`,
		second: `engine.Use(func(c *gin.Context) { c.Writer.Header().Add("Access-Control-Allow-Origin", "https://app.example.com") })`,
		answer: `c.String(http.StatusOK, "items")`,
		login:  `c.Redirect(http.StatusFound, "` + elsewhere + `")`,
		serve: goPrograms("gin-contrib", `"github.com/gin-contrib/cors"
	"github.com/gin-gonic/gin"`, "var _ = cors.New"),
	}
}

func crossgatePatient() patient {
	return patient{
		name: "Crossgate (net/http)",
		whole: func(p parts) string { // the outermost middleware comes last
			return "var handler http.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { " + p.answer + " })\n" +
				joinedLines(p.second, p.cors, p.auth, p.slash, p.first) + "return handler\n"
		},
		cors: func(origin string, methods, headers []string) string {
			return fmt.Sprintf("handler = corshttp.New(cors.MustCompile(cors.Config{AllowOrigins: []string{%q}, AllowMethods: []string{%s}, AllowHeaders: []string{%s}}))(handler)",
				origin, quoted(methods, `"`), quoted(headers, `"`))
		},
		noVary: `handler = func(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		corshttp.New(cors.MustCompile(cors.Config{AllowOrigins: []string{"https://app.example.com"}, AllowMethods: []string{"PUT"},
			AllowHeaders: []string{"Authorization", "X-Debug"}}))(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Del("Vary") // like a handler that replaces Vary
			next.ServeHTTP(w, r)
		})).ServeHTTP(w, r)
	})
}(handler)`,
		slash: `handler = func(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/") {
			http.Redirect(w, r, r.URL.Path+"/", http.StatusMovedPermanently)
			return
		}
		next.ServeHTTP(w, r)
	})
}(handler)`,
		auth: func(refuse string) string {
			return "handler = func(next http.Handler) http.Handler {\n\treturn http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {\n" +
				"\t\tif r.Header.Get(\"Authorization\") == \"\" {\n\t\t\t" + refuse + "\n\t\t\treturn\n\t\t}\n\t\tnext.ServeHTTP(w, r)\n\t})\n}(handler)"
		},
		deny: `w.Header().Set("WWW-Authenticate", "Bearer"); w.WriteHeader(http.StatusUnauthorized)`,
		second: `handler = func(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Access-Control-Allow-Origin", "https://app.example.com")
		next.ServeHTTP(w, r)
	})
}(handler)`,
		answer: `_, _ = w.Write([]byte("items"))`,
		login:  `http.Redirect(w, r, "` + elsewhere + `", http.StatusFound)`,
		heal: func(p parts, code string) parts { // both middlewares stay, and Guard keeps the policy's headers
			install, _, _ := strings.Cut(code, " //")
			option := strings.TrimPrefix(install, "corshttp.New(policy")
			p.cors = strings.Replace(p.cors, "}))(handler)", "})"+option+"(handler)", 1)
			p.second = crossgatePatient().second
			return p
		},
		serve: goPrograms("crossgate", `"github.com/crossgate/cors/adapters/corshttp"
	cors "github.com/crossgate/cors/core"`, "var _, _ = corshttp.New, cors.MustCompile"),
	}
}
