package config

import "strings"

// Twins lists a sentence for each Instagram account that several routes mirror. X's developer
// guidelines forbid identical posts on several accounts. An account is known by the name
// that username returns for its route, or for "" by the variable of its token.
// Source: https://docs.x.com/developer-guidelines, read 2026-11-25.
func (c *Config) Twins(username func(route string) string) (out []string) {
	names := map[string][]string{} // account → routes
	var order []string
	for _, r := range c.Routes {
		account := username(r.Name)
		if account == "" {
			account = "variable " + strings.ToUpper(r.Instagram.Token)
		}
		if len(names[account]) == 0 {
			order = append(order, account)
		}
		names[account] = append(names[account], r.Name)
	}
	for _, account := range order {
		if same := names[account]; len(same) > 1 {
			out = append(out, c.Words().Text("config.twins", "Routes", c.Words().Join(same...)))
		}
	}
	return out
}
