// Package compat compares the requests that postferry makes with the services' own machine-readable
// contracts: X's OpenAPI document and Meta's Graph API specs. It also compares the stand-ins'
// answers with X's document. The package holds nothing but tests.
//
// The documents belong to their owners and are not in this repository. `scripts/compat.sh FOLDER`
// names the folder that has them:
//
//	x-openapi.json                https://api.x.com/2/openapi.json
//	instagram/IGMedia.json, …     https://github.com/facebook/facebook-business-sdk-codegen,
//	                              api_specs/specs
//	instagram/samples/*.json      bodies as https://github.com/restfb/restfb records them
//
// Without the folder the tests that need it are skipped. The tests of the comparison itself always
// run.
package compat
