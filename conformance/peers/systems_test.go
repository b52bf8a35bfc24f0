package peers

import (
	"fmt"
	"testing"
	"time"

	gincors "github.com/gin-contrib/cors"
	chicors "github.com/go-chi/cors"
	fibercors "github.com/gofiber/fiber/v2/middleware/cors"
	jub0bscors "github.com/jub0bs/cors"
	echomiddleware "github.com/labstack/echo/v4/middleware"
	rscors "github.com/rs/cors"

	"github.com/crossgate/cors/adapters/corshttp"
	cors "github.com/crossgate/cors/core"
)

// system is a column of DIFFERENCES.md. It runs with three settings: a list of two
// origins, with credentials, PUT and DELETE, two headers, an exposed header and a maximum
// age; any origin without credentials; and any origin with credentials.
type system struct {
	name     string
	language string // the language of its settings, by its Markdown name
	version  func(testing.TB) string
	serve    func(tb testing.TB, settings []any) (addrs []string, refusals []error)

	list, anyone, anyoneSignedIn any
}

func systems() []system {
	return []system{
		{
			name: "Express",
			version: func(tb testing.TB) string {
				return "cors " + lockedVersion(tb, "cors") + " on express " + lockedVersion(tb, "express")
			},
			serve: serveScript(func(tb testing.TB, setups []string) []string { return expressProgram(tb, "app.js", setups) }),
			list: `app.use(cors({
  origin: ['https://app.example.com', 'https://admin.example.com'],
  credentials: true,
  methods: ['GET', 'POST', 'PUT', 'DELETE'],
  allowedHeaders: ['Content-Type', 'X-Requested-With'],
  exposedHeaders: ['X-Total-Count'],
  maxAge: 600
}))`,
			anyone:         `app.use(cors())`,
			anyoneSignedIn: `app.use(cors({ origin: '*', credentials: true }))`,
		},
		{
			name: "Flask-CORS", language: "python",
			version: func(tb testing.TB) string { return "Flask-CORS " + flaskVersion(tb) },
			serve:   serveScript(func(tb testing.TB, setups []string) []string { return flaskProgram(tb, "app.py", setups) }),
			list: `CORS(app,
     origins=["https://app.example.com", "https://admin.example.com"],
     supports_credentials=True,
     methods=["GET", "POST", "PUT", "DELETE"],
     allow_headers=["Content-Type", "X-Requested-With"],
     expose_headers=["X-Total-Count"],
     max_age=600)`,
			anyone:         `CORS(app)`,
			anyoneSignedIn: `CORS(app, origins="*", supports_credentials=True)`,
		},
		{
			name: "PHP", language: "php",
			version: func(tb testing.TB) string { return "PHP " + phpVersion(tb) },
			serve:   serveScript(phpProgram),
			list: `$allowed = ['https://app.example.com', 'https://admin.example.com'];
$origin = $_SERVER['HTTP_ORIGIN'] ?? '';
if (in_array($origin, $allowed, true)) {
    header('Access-Control-Allow-Origin: ' . $origin);
    header('Access-Control-Allow-Credentials: true');
    header('Access-Control-Allow-Methods: GET, POST, PUT, DELETE');
    header('Access-Control-Allow-Headers: Content-Type, X-Requested-With');
    header('Access-Control-Expose-Headers: X-Total-Count');
    header('Access-Control-Max-Age: 600');
    header('Vary: Origin');
}
if ($_SERVER['REQUEST_METHOD'] === 'OPTIONS') {
    http_response_code(204);
    exit;
}`,
			anyone: `header('Access-Control-Allow-Origin: *');`,
			anyoneSignedIn: `header('Access-Control-Allow-Origin: *');
header('Access-Control-Allow-Credentials: true');`,
		},
		{
			name: "gin-contrib", language: "go", version: moduleVersion("github.com/gin-contrib/cors"), serve: serveGo,
			list: gincors.Config{
				AllowOrigins:     []string{"https://app.example.com", "https://admin.example.com"},
				AllowCredentials: true,
				AllowMethods:     []string{"GET", "POST", "PUT", "DELETE"},
				AllowHeaders:     []string{"Content-Type", "X-Requested-With"},
				ExposeHeaders:    []string{"X-Total-Count"},
				MaxAge:           10 * time.Minute,
			},
			anyone:         gincors.Config{AllowAllOrigins: true},
			anyoneSignedIn: gincors.Config{AllowAllOrigins: true, AllowCredentials: true},
		},
		{
			name: "go-chi", language: "go", version: moduleVersion("github.com/go-chi/cors"), serve: serveGo,
			list: chicors.Options{
				AllowedOrigins:   []string{"https://app.example.com", "https://admin.example.com"},
				AllowCredentials: true,
				AllowedMethods:   []string{"GET", "POST", "PUT", "DELETE"},
				AllowedHeaders:   []string{"Content-Type", "X-Requested-With"},
				ExposedHeaders:   []string{"X-Total-Count"},
				MaxAge:           600,
			},
			anyone:         chicors.Options{},
			anyoneSignedIn: chicors.Options{AllowCredentials: true},
		},
		{
			name: "rs", language: "go", version: moduleVersion("github.com/rs/cors"), serve: serveGo,
			list: rscors.Options{
				AllowedOrigins:   []string{"https://app.example.com", "https://admin.example.com"},
				AllowCredentials: true,
				AllowedMethods:   []string{"GET", "POST", "PUT", "DELETE"},
				AllowedHeaders:   []string{"Content-Type", "X-Requested-With"},
				ExposedHeaders:   []string{"X-Total-Count"},
				MaxAge:           600,
			},
			anyone:         rscors.Options{},
			anyoneSignedIn: rscors.Options{AllowCredentials: true},
		},
		{
			name: "jub0bs", language: "go", version: moduleVersion("github.com/jub0bs/cors"), serve: serveGo,
			list: jub0bscors.Config{
				Origins:         []string{"https://app.example.com", "https://admin.example.com"},
				Credentialed:    true,
				Methods:         []string{"GET", "POST", "PUT", "DELETE"},
				RequestHeaders:  []string{"Content-Type", "X-Requested-With"},
				ResponseHeaders: []string{"X-Total-Count"},
				MaxAgeInSeconds: 600,
			},
			anyone:         jub0bscors.Config{Origins: []string{"*"}},
			anyoneSignedIn: jub0bscors.Config{Origins: []string{"*"}, Credentialed: true},
		},
		{
			name: "echo", language: "go", version: moduleVersion("github.com/labstack/echo/v4"), serve: serveGo,
			list: echomiddleware.CORSConfig{
				AllowOrigins:     []string{"https://app.example.com", "https://admin.example.com"},
				AllowCredentials: true,
				AllowMethods:     []string{"GET", "POST", "PUT", "DELETE"},
				AllowHeaders:     []string{"Content-Type", "X-Requested-With"},
				ExposeHeaders:    []string{"X-Total-Count"},
				MaxAge:           600,
			},
			anyone:         echomiddleware.CORSConfig{},
			anyoneSignedIn: echomiddleware.CORSConfig{AllowCredentials: true},
		},
		{
			name: "fiber", language: "go", version: moduleVersion("github.com/gofiber/fiber/v2"), serve: serveGo,
			list: fibercors.Config{
				AllowOrigins:     "https://app.example.com, https://admin.example.com",
				AllowCredentials: true,
				AllowMethods:     "GET, POST, PUT, DELETE",
				AllowHeaders:     "Content-Type, X-Requested-With",
				ExposeHeaders:    "X-Total-Count",
				MaxAge:           600,
			},
			anyone:         fibercors.Config{},
			anyoneSignedIn: fibercors.Config{AllowOrigins: "*", AllowCredentials: true},
		},
		{
			name: "Crossgate", language: "go", version: func(testing.TB) string { return "this repository, with corshttp" }, serve: serveGo,
			list: cors.Config{
				AllowOrigins:     []string{"https://app.example.com", "https://admin.example.com"},
				AllowCredentials: true,
				AllowMethods:     []string{"PUT", "DELETE"},
				AllowHeaders:     []string{"Content-Type", "X-Requested-With"},
				ExposeHeaders:    []string{"X-Total-Count"},
				MaxAge:           10 * time.Minute,
			},
			anyone:         cors.Config{AllowOrigins: []string{"*"}},
			anyoneSignedIn: cors.Config{AllowOrigins: []string{"*"}, AllowCredentials: true},
		},
		{
			name: "Crossgate with Guard", language: "go", version: func(testing.TB) string { return "the same, with the option cors.Guard(cors.PolicyWins)" }, serve: serveGo,
			list: guarded{
				AllowOrigins:     []string{"https://app.example.com", "https://admin.example.com"},
				AllowCredentials: true,
				AllowMethods:     []string{"PUT", "DELETE"},
				AllowHeaders:     []string{"Content-Type", "X-Requested-With"},
				ExposeHeaders:    []string{"X-Total-Count"},
				MaxAge:           10 * time.Minute,
			},
			anyone:         guarded{AllowOrigins: []string{"*"}},
			anyoneSignedIn: guarded{AllowOrigins: []string{"*"}, AllowCredentials: true},
		},
	}
}

// guarded is a Config with a Guard, which corrects the headers that handlers set.
type guarded cors.Config

// serveScript serves the application with each of a script's settings. Scripts refuse no
// settings.
func serveScript(program func(testing.TB, []string) []string) func(testing.TB, []any) ([]string, []error) {
	return func(tb testing.TB, settings []any) ([]string, []error) {
		setups := make([]string, len(settings))
		for i, s := range settings {
			setups[i] = s.(string)
		}
		return program(tb, setups), make([]error, len(settings))
	}
}

// serveGo serves the application with each setting that its library does not refuse.
func serveGo(tb testing.TB, settings []any) ([]string, []error) {
	addrs, refusals := make([]string, len(settings)), make([]error, len(settings))
	for i, setting := range settings {
		layer, err := layerOf(setting)
		switch chi, ok := layer.(chiLayer); {
		case err != nil:
			refusals[i] = err
		case ok:
			addrs[i] = listenHTTP(tb, onChi(chi))
		default:
			addrs[i] = listenGo(tb, layer)
		}
	}
	return addrs, refusals
}

type chiLayer httpLayer

// layerOf makes a middleware, or returns the library's reason to refuse: some libraries
// return an error and some panic.
func layerOf(setting any) (layer any, err error) {
	defer func() {
		if refusal := recover(); refusal != nil {
			err = fmt.Errorf("panics: %v", refusal)
		}
	}()
	switch c := setting.(type) {
	case gincors.Config:
		return gincors.New(c), nil
	case chicors.Options:
		return chiLayer(chicors.Handler(c)), nil
	case rscors.Options:
		return rscors.New(c).Handler, nil
	case jub0bscors.Config:
		m, err := jub0bscors.NewMiddleware(c)
		if err != nil {
			return nil, err
		}
		return m.Wrap, nil
	case echomiddleware.CORSConfig:
		return echomiddleware.CORSWithConfig(c), nil
	case fibercors.Config:
		return fibercors.New(c), nil
	case cors.Config:
		return crossgate(c)
	case guarded:
		return crossgate(cors.Config(c), cors.Guard(cors.PolicyWins))
	}
	return nil, fmt.Errorf("%T is no setting", setting)
}

func crossgate(c cors.Config, opts ...cors.Option) (any, error) {
	policy, err := cors.Compile(c)
	if err != nil {
		return nil, err
	}
	return corshttp.New(policy, opts...), nil
}
