package origin

import (
	"strings"

	"golang.org/x/net/idna"
)

// profile is the URL standard's "domain to ASCII" with beStrict false: names are
// mapped as browsers map them, and underscores pass.
var profile = idna.New(
	idna.MapForLookup(),
	idna.Transitional(false),
	idna.BidiRule(),
	idna.StrictDomainName(false),
	idna.ValidateLabels(true),
	idna.CheckHyphens(false), // after ValidateLabels, which would set it
)

// ValidALabels reports whether each label of host that starts with "xn--" is the
// ASCII form of some Unicode label. Browsers send no other.
func ValidALabels(host string) bool {
	if !strings.Contains(host, "xn--") {
		return true
	}
	text, err := profile.ToUnicode(host)
	if err != nil {
		return false
	}
	ascii, err := profile.ToASCII(text)
	return err == nil && ascii == host
}

// ToASCII writes a domain name as browsers send it (URL, "domain to ASCII").
func ToASCII(host string) (string, error) { return profile.ToASCII(host) }
