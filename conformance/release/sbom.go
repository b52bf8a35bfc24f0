package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// The part of CycloneDX 1.6 (ECMA-424) that the bill of materials of a Go library needs.
// Libraries for CycloneDX need more modules than this file has types.
type (
	bom struct {
		Schema       string       `json:"$schema"`
		Format       string       `json:"bomFormat"`
		SpecVersion  string       `json:"specVersion"`
		Serial       string       `json:"serialNumber"`
		Version      int          `json:"version"` // the version of this document
		Metadata     bomMetadata  `json:"metadata"`
		Components   []component  `json:"components"`
		Dependencies []dependency `json:"dependencies"`
	}
	bomMetadata struct {
		Component component `json:"component"`
	}
	component struct {
		Type       string     `json:"type"`
		Ref        string     `json:"bom-ref"`
		Name       string     `json:"name"`
		Version    string     `json:"version"`
		Hashes     []hash     `json:"hashes,omitempty"`
		Licenses   []license  `json:"licenses,omitempty"`
		PURL       string     `json:"purl"`
		Properties []property `json:"properties,omitempty"`
	}
	hash struct {
		Algorithm string `json:"alg"`
		Content   string `json:"content"`
	}
	license struct {
		License struct {
			ID string `json:"id"`
		} `json:"license"`
	}
	property struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
	dependency struct {
		Ref       string   `json:"ref"`
		DependsOn []string `json:"dependsOn"`
	}
)

// billOfMaterials lists the modules that are compiled into a program that uses a's
// module, on linux/amd64. It holds no time, so that anyone can reproduce it.
func billOfMaterials(a artifact, version string, g graph) ([]byte, error) {
	b := bom{
		Schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
		Format: "CycloneDX", SpecVersion: "1.6", Version: 1, Components: []component{},
	}
	selected := make(map[string]string) // the versions of the compiled modules, by path
	for _, l := range g.modules {
		if l.built {
			selected[l.Path] = l.Version
		}
	}
	for _, l := range g.modules {
		if !l.built {
			continue
		}
		c := component{
			Type: "library", Ref: purl(l.Path, l.Version), Name: l.Path, Version: l.Version, PURL: purl(l.Path, l.Version),
			// The sum that the go command compares is not the digest of a file.
			Properties: []property{{Name: "go.sum", Value: l.Sum}},
		}
		if l.Path == a.module.path {
			c.Hashes = []hash{{Algorithm: "SHA-256", Content: a.sha256}}
			mit := license{}
			mit.License.ID = "MIT"
			c.Licenses = []license{mit}
			b.Metadata.Component = c
		} else {
			b.Components = append(b.Components, c)
		}
		d := dependency{Ref: c.Ref, DependsOn: []string{}}
		for _, need := range g.needs[l.name()] {
			path, _, _ := bytes.Cut([]byte(need), []byte("@"))
			if v, ok := selected[string(path)]; ok {
				d.DependsOn = append(d.DependsOn, purl(string(path), v))
			}
		}
		slices.Sort(d.DependsOn)
		d.DependsOn = slices.Compact(d.DependsOn)
		b.Dependencies = append(b.Dependencies, d)
	}
	if b.Metadata.Component.Name == "" {
		return nil, fmt.Errorf("%s: is not in its own module graph at %s", a.module.dir, version)
	}
	// A version 8 UUID (RFC 9562, section 5.8) that is derived from the described module.
	id := sha256.Sum256([]byte(a.module.path + "@" + version + " " + a.sum))
	id[6], id[8] = id[6]&0x0f|0x80, id[8]&0x3f|0x80
	b.Serial = fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:16])
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	err := encoder.Encode(b)
	return out.Bytes(), err
}

// purl returns a module's package URL. Module paths need no escaping, but the golang type
// requires lower case.
func purl(path, version string) string {
	return "pkg:golang/" + strings.ToLower(path) + "@" + version
}
