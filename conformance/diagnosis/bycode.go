package diagnosis

import (
	"github.com/crossgate/cors/conformance/browser"
	"github.com/crossgate/cors/conformance/pasted"
)

// ByCode returns the possible causes of an error that Chromium calls code, the likeliest
// first. Use it if no server can be asked.
func ByCode(code browser.Code) []Kind {
	switch code {
	case browser.MissingAllowOriginHeader:
		return []Kind{OriginNotListed, NoCORS, RedirectToLogin, ResponseNotCovered, ServerFailed, ProxyFailed, AuthenticationFirst}
	case browser.PreflightMissingAllowOriginHeader:
		return []Kind{OriginNotListed, PreflightUnanswered, AuthenticationFirst, NoCORS, ProxyFailed}
	case browser.AllowOriginMismatch, browser.PreflightAllowOriginMismatch:
		return []Kind{OriginNotListed, OriginMisspelt, CacheWithoutVary, OpaqueOrigin, RedirectElsewhere}
	case browser.InvalidAllowOriginValue, browser.PreflightInvalidAllowOriginValue:
		return []Kind{OriginMisspelt}
	case browser.MultipleAllowOriginValues, browser.PreflightMultipleAllowOriginValues:
		return []Kind{TwoLayers, OriginMisspelt}
	case browser.WildcardOriginNotAllowed, browser.PreflightWildcardOriginNotAllowed:
		return []Kind{WildcardWithCredentials}
	case browser.InvalidAllowCredentials, browser.PreflightInvalidAllowCredentials:
		return []Kind{CredentialsNotAllowed, TwoLayers}
	case browser.PreflightInvalidStatus:
		return []Kind{AuthenticationFirst, PreflightUnanswered, OriginNotListed, ProxyFailed, ServerFailed}
	case browser.PreflightDisallowedRedirect:
		return []Kind{RedirectSlash, RedirectToLogin, RedirectElsewhere}
	case browser.MethodDisallowedByPreflightResponse:
		return []Kind{MethodNotListed}
	case browser.HeaderDisallowedByPreflightResponse:
		return []Kind{HeaderNotListed}
	case browser.InvalidAllowMethodsPreflightResponse, browser.InvalidAllowHeadersPreflightResponse:
		return []Kind{ListMalformed}
	case browser.RedirectContainsCredentials:
		return []Kind{RedirectElsewhere}
	case browser.CorsDisabledScheme:
		return []Kind{RedirectElsewhere, NotAllowedAnywhere}
	case browser.LocalNetworkAccessPermissionDenied, browser.InsecureLocalNetwork:
		return []Kind{LocalNetwork}
	}
	return []Kind{NoResponse}
}

// OfMessage returns the possible causes of a console's message. Their only evidence is the
// message. asked is what the page wanted, as far as it is known.
func OfMessage(m pasted.Message, asked Asked) []Cause {
	if m.Origin != "" {
		asked.Origin = m.Origin
	}
	var causes []Cause
	seen := make(map[Kind]bool)
	for _, code := range m.Codes {
		switch code {
		case browser.MethodDisallowedByPreflightResponse:
			if m.Value != "" {
				asked.Method = m.Value
			}
		case browser.HeaderDisallowedByPreflightResponse:
			if m.Value != "" {
				asked.Headers = []string{m.Value}
			}
		}
		for _, kind := range ByCode(code) {
			if !seen[kind] {
				seen[kind] = true
				cause := Describe(kind, asked)
				cause.Blocks = true // the console has said so
				if code == browser.InsecureLocalNetwork {
					cause.What = insecureLocal
				}
				causes = append(causes, cause)
			}
		}
	}
	return causes
}
