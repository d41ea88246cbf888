package config

import (
	"slices"
	"testing"
)

// mistake is a file that is refused. What the schema can't see is beyond it.
type mistake struct {
	name, in, want string
	beyond         bool
}

var mappingMistakes = []mistake{
	{
		name: "an unknown key, a slip of the keyboard", in: "state_brnch: x\n",
		want: `f.yml:1:1: there is no key "state_brnch"; it should be one of version, state_branch, secrets_environment, routes and incidents; did you mean state_branch?`,
	},
	{
		name: "an unknown key, nothing near", in: "colour: red\n",
		want: `f.yml:1:1: there is no key "colour"; it should be one of version, state_branch, secrets_environment, routes and incidents`,
	},
	{
		name: "an unknown key, written otherwise", in: "State-Branch: x\n",
		want: `f.yml:1:1: there is no key "State-Branch"; it should be one of version, state_branch, secrets_environment, routes and incidents; did you mean state_branch?`,
	},
	{
		name: "a key that belongs further in", in: "routes: {main: {max_length: 280}}\n",
		want: `f.yml:1:17: routes.main: there is no key "max_length"; it should be one of instagram, x, start, only, require_hashtags, exclude_hashtags, text, carousel, alt_text, rejected_video, limits and collaborations; did you mean routes.main.text.max_length?`,
	},
	{
		name: "a key that belongs further out", in: "routes: {main: {red: once}}\n",
		want: `f.yml:1:17: routes.main: there is no key "red"; it should be one of instagram, x, start, only, require_hashtags, exclude_hashtags, text, carousel, alt_text, rejected_video, limits and collaborations; did you mean incidents.red?`,
	},
	{
		name: "an unknown key of a group", in: "incidents: {asignees: []}\n",
		want: `f.yml:1:13: incidents: there is no key "asignees"; it should be one of transient_after, assignees, red and slack_mention; did you mean assignees?`,
	},
	{
		name: "an unknown key that is very long", in: "a-key-that-goes-on-and-on-and-on-without-any-digit: 1\n",
		want: `f.yml:1:1: there is no key "a-key-that-goes-on-and-on-and-on-without…"; it should be one of version, state_branch, secrets_environment, routes and incidents`,
	},
	{
		name: "a key that is a list", in: "? [a]\n: b\n",
		want: "f.yml:1:3: this key is a list; it should be a word", beyond: true,
	},
	{
		name: "a key that is there twice", in: "version: 1\nversion: 1\n",
		want: `f.yml:2:1: the key "version" is there twice, first on line 1`, beyond: true,
	},
	{
		name: "the file is a list", in: "- version\n",
		want: "f.yml:1:1: this is a list; it should be a mapping (key: value)",
	},
	{
		name: "a group that is a text", in: "incidents: once\n",
		want: "f.yml:1:12: incidents: this is a text; it should be a mapping (key: value)",
	},
	{
		name: "a newer version", in: "routes: {}\nversion: 2\nnew_key: 1\n",
		want: `f.yml:2:10: version: version "2" is made for a newer postferry; this one reads version 1; it should be 1, or postferry the version that the file is for: update it`,
	},
	{
		name: "an older version", in: "version: 0\n",
		want: `f.yml:1:10: version: "0" is out of range; it should be 1`,
	},
	{
		name: "a version in quotes", in: "version: '1'\n",
		want: "f.yml:1:10: version: this is a text; it should be 1; did you mean 1?",
	},
	{
		name: "a version with a dot", in: "version: 1.0\n",
		want: "f.yml:1:10: version: this is a number; it should be 1", beyond: true,
	},
	{
		name: "a version that is a list", in: "version: [1]\n",
		want: "f.yml:1:10: version: this is a list; it should be 1",
	},
	{
		name: "a branch that is in use", in: "state_branch: main\n",
		want: `f.yml:1:15: state_branch: "main" is not valid; it should be the name of a branch of its own, such as postferry-state`,
	},
	{
		name: "a branch as a ref", in: "state_branch: refs/heads/mirror\n",
		want: `f.yml:1:15: state_branch: "refs/heads/mirror" is not valid; it should be the name of a branch of its own, such as postferry-state; did you mean mirror?`,
	},
	{
		name: "a branch that is a number", in: "state_branch: 2026\n",
		want: `f.yml:1:15: state_branch: this is a number; it should be the name of a branch of its own, as a text; did you mean "2026"?`,
	},
	{
		name: "a branch that is a list", in: "state_branch: [a]\n",
		want: "f.yml:1:15: state_branch: this is a list; it should be the name of a branch of its own",
	},
	{
		name: "a name with spaces around it", in: "secrets_environment: ' production '\n",
		want: `f.yml:1:22: secrets_environment: " production " is not valid; it should be one line of 255 characters at most, without spaces around it; did you mean production?`,
	},
	{
		name: "an environment that is a truth", in: "secrets_environment: true\n",
		want: `f.yml:1:22: secrets_environment: this is true or false; it should be one line of 255 characters at most, without spaces around it, as a text; did you mean "true"?`,
	},
}

var textMistakes = []mistake{
	{
		name: "routes as a list", in: "routes: [main]\n",
		want: "f.yml:1:9: routes: this is a list; it should be a mapping from names to routes, such as {main: {start: now}}",
	},
	{
		name: "no route", in: "routes: {}\n",
		want: "f.yml:1:9: routes: there is no route; it should be at least one, such as {main: {}}",
	},
	{
		name: "a route's name with a capital", in: "routes: {My_Cafe: {}}\n",
		want: `f.yml:1:10: routes: "My_Cafe" is not valid; it should be a name of small letters, digits and -, 60 at most, such as main; did you mean my-cafe?`,
	},
	{
		name: "a route that is a text", in: "routes: {main: now}\n",
		want: "f.yml:1:16: routes.main: this is a text; it should be a mapping (key: value)",
	},
	{
		name: "a choice, a slip of the keyboard", in: "routes: {main: {text: {link: ifcut}}}\n",
		want: `f.yml:1:30: routes.main.text.link: "ifcut" is not valid; it should be if-cut, never or always; did you mean if-cut?`,
	},
	{
		name: "a choice, nothing near", in: "routes: {main: {carousel: everything}}\n",
		want: `f.yml:1:27: routes.main.carousel: "everything" is not valid; it should be thread or first`,
	},
	{
		name: "a choice that is a truth", in: "routes: {main: {text: {link: no}}}\n",
		want: `f.yml:1:30: routes.main.text.link: "no" is not valid; it should be if-cut, never or always`,
	},
	{
		name: "a choice that is true", in: "incidents: {red: true}\n",
		want: "f.yml:1:18: incidents.red: this is true or false; it should be once, always or never, as a text",
	},
	{
		name: "another login", in: "routes: {main: {instagram: {login: Facebok}}}\n",
		want: `f.yml:1:36: routes.main.instagram.login: "Facebok" is not valid; it should be instagram or facebook; did you mean facebook?`,
	},
	{
		name: "an API version without its v", in: "routes: {main: {instagram: {api_version: 25.0}}}\n",
		want: "f.yml:1:42: routes.main.instagram.api_version: this is a number; it should be a version, as a text; did you mean v25.0?",
	},
	{
		name: "an API version in a word", in: "routes: {main: {instagram: {api_version: latest}}}\n",
		want: `f.yml:1:42: routes.main.instagram.api_version: "latest" is not valid; it should be a version, such as v25.0`,
	},
	{
		name: "a variable with a dash", in: "routes: {main: {instagram: {token: INSTAGRAM-TOKEN}}}\n",
		want: "f.yml:1:36: routes.main.instagram.token: this is not valid (it is not shown, in case it is a secret); it should be the name of a variable (letters, digits and _; not GITHUB_…, nor one that postferry uses itself), never its value; did you mean INSTAGRAM_TOKEN?",
	},
	{
		name: "a variable of GitHub's", in: "routes: {main: {x: {client_id: GITHUB_ID}}}\n",
		want: "f.yml:1:32: routes.main.x.client_id: this is not valid (it is not shown, in case it is a secret); it should be the name of a variable (letters, digits and _; not GITHUB_…, nor one that postferry uses itself), never its value; did you mean X_CLIENT_ID?",
	},
	{
		name: "a variable that postferry uses itself", in: "routes: {main: {x: {refresh_token: VAULT_KEY}}}\n",
		want: "f.yml:1:36: routes.main.x.refresh_token: this is not valid (it is not shown, in case it is a secret); it should be the name of a variable (letters, digits and _; not GITHUB_…, nor one that postferry uses itself), never its value; did you mean X_REFRESH_TOKEN?",
	},
	{
		name: "a variable that is a list", in: "routes: {main: {x: {refresh_token: [A]}}}\n",
		want: "f.yml:1:36: routes.main.x.refresh_token: this is a list; it should be the name of a variable (letters, digits and _; not GITHUB_…, nor one that postferry uses itself), never its value; did you mean X_REFRESH_TOKEN?",
	},
	{
		name: "a variable that is a number", in: "routes: {main: {instagram: {user_id: 17841400000000000}}}\n",
		want: "f.yml:1:38: routes.main.instagram.user_id: this is not valid (it is not shown, in case it is a secret); it should be the name of a variable (letters, digits and _; not GITHUB_…, nor one that postferry uses itself), never its value; did you mean INSTAGRAM_USER_ID?",
	},
	{
		name: "an empty variable", in: "routes: {main: {x: {client_secret: ''}}}\n",
		want: "f.yml:1:36: routes.main.x.client_secret: this is not valid (it is not shown, in case it is a secret); it should be the name of a variable (letters, digits and _; not GITHUB_…, nor one that postferry uses itself), never its value; did you mean X_CLIENT_SECRET?",
	},
	{
		name: "a refresh token whose name is too long", in: "routes:\n  main:\n    x: {refresh_token: A_VARIABLE_A_VARIABLE_A_VARIABLE_A_VARIABLE_A_VARIABLE_}\n",
		want: `f.yml:3:24: routes.main.x.refresh_token: no valid name for x.access_token can be made of "A_VARIABLE_A_VARIABLE_A_VARIABLE_A_VARIA…"; it should be shorter, or x.access_token set too`, beyond: true,
	},
}

var listMistakes = []mistake{
	{
		name: "a start that is a word", in: "routes: {main: {start: everything}}\n",
		want: `f.yml:1:24: routes.main.start: "everything" is not valid; it should be now, all, or a date such as 2026-11-01`,
	},
	{
		name: "a start, a slip of the keyboard", in: "routes: {main: {start: al}}\n",
		want: `f.yml:1:24: routes.main.start: "al" is not valid; it should be now, all, or a date such as 2026-11-01; did you mean all?`,
	},
	{
		name: "a start that no calendar has", in: "routes: {main: {start: 2026-02-30}}\n",
		want: `f.yml:1:24: routes.main.start: "2026-02-30" is not valid; it should be now, all, or a date such as 2026-11-01`, beyond: true,
	},
	{
		name: "a start that is a number", in: "routes: {main: {start: 2026}}\n",
		want: "f.yml:1:24: routes.main.start: this is a number; it should be now, all, or a date such as 2026-11-01",
	},
	{
		name: "an empty start", in: "routes: {main: {start: ''}}\n",
		want: `f.yml:1:24: routes.main.start: "" is not valid; it should be now, all, or a date such as 2026-11-01`,
	},
	{
		name: "a media type, a slip of the keyboard", in: "routes: {main: {only: [image, vidoe]}}\n",
		want: `f.yml:1:31: routes.main.only[1]: "vidoe" is not valid; it should be image, video or carousel; did you mean video?`,
	},
	{
		name: "no media type", in: "routes: {main: {only: []}}\n",
		want: "f.yml:1:23: routes.main.only: the list is empty; it should be at least one of image, video or carousel",
	},
	{
		name: "a media type twice", in: "routes: {main: {only: [image, image]}}\n",
		want: `f.yml:1:31: routes.main.only[1]: "image" is in the list twice`,
	},
	{
		name: "a list that is a text", in: "routes: {main: {only: image}}\n",
		want: "f.yml:1:23: routes.main.only: this is a text; it should be a list; did you mean [image]?",
	},
	{
		name: "a list with nothing in it", in: "routes:\n  main:\n    only:\n    -\n",
		want: "f.yml:4:6: routes.main.only[0]: this is empty; it should be image, video or carousel",
	},
	{
		name: "a hashtag without quotes", in: "routes:\n  main:\n    exclude_hashtags:\n    - #igonly\n",
		want: "f.yml:4:6: routes.main.exclude_hashtags[0]: this is empty; it should be one hashtag, without spaces or punctuation (a # begins a comment: put a hashtag in quotes)",
	},
	{
		name: "a hashtag that is a number", in: "routes: {main: {require_hashtags: [2026]}}\n",
		want: `f.yml:1:36: routes.main.require_hashtags[0]: this is a number; it should be one hashtag, without spaces or punctuation, as a text; did you mean "2026"?`,
	},
	{
		name: "two hashtags in one text", in: "routes: {main: {require_hashtags: ['#a #b']}}\n",
		want: `f.yml:1:36: routes.main.require_hashtags[0]: "#a #b" is not valid; it should be one hashtag, without spaces or punctuation, such as "#igonly"`,
	},
	{
		name: "a hashtag both required and excluded", in: "routes:\n  main:\n    require_hashtags: [News]\n    exclude_hashtags: ['#igonly', '＃news']\n",
		want: `f.yml:3:23: routes.main.require_hashtags: "News" is among exclude_hashtags too, so nothing would be mirrored; it should be in one of the two`, beyond: true,
	},
	{
		name: "a hashtag required that is excluded by default", in: "routes: {main: {require_hashtags: [igonly]}}\n",
		want: `f.yml:1:35: routes.main.require_hashtags: "igonly" is among exclude_hashtags too, so nothing would be mirrored; it should be in one of the two`, beyond: true,
	},
	{
		name: "a placeholder, a slip of the keyboard", in: "routes: {main: {text: {template: '{date} {captoin}'}}}\n",
		want: `f.yml:1:34: routes.main.text.template: there is no placeholder "{captoin}"; it should be a text with {caption}, {permalink}, {username} or {date}, such as "{caption}"; did you mean {caption}?`,
	},
	{
		name: "a placeholder that is not closed", in: "routes: {main: {text: {template: 'see {permalink'}}}\n",
		want: `f.yml:1:34: routes.main.text.template: there is no placeholder "{permalink"; it should be a text with {caption}, {permalink}, {username} or {date}, such as "{caption}"; did you mean {permalink}?`,
	},
	{
		name: "a placeholder within another", in: "routes: {main: {text: {template: '{date{caption}'}}}\n",
		want: `f.yml:1:34: routes.main.text.template: there is no placeholder "{date"; it should be a text with {caption}, {permalink}, {username} or {date}, such as "{caption}"; did you mean {date}?`,
	},
	{
		name: "an unknown placeholder", in: "routes: {main: {text: {template: '{hashtags}'}}}\n",
		want: `f.yml:1:34: routes.main.text.template: there is no placeholder "{hashtags}"; it should be a text with {caption}, {permalink}, {username} or {date}, such as "{caption}"`,
	},
	{
		name: "a blank template", in: "routes: {main: {text: {template: '  '}}}\n",
		want: `f.yml:1:34: routes.main.text.template: "  " is not valid; it should be a text with {caption}, {permalink}, {username} or {date}, such as "{caption}"`,
	},
	{
		name: "a template without quotes", in: "routes: {main: {text: {template: {caption}}}}\n",
		want: "f.yml:1:34: routes.main.text.template: this is a mapping; it should be a text with {caption}, {permalink}, {username} or {date}",
	},
}

var numberMistakes = []mistake{
	{
		name: "a number that is too small", in: "routes: {main: {text: {max_length: 0}}}\n",
		want: `f.yml:1:36: routes.main.text.max_length: "0" is out of range; it should be a whole number from 1 to 25000`,
	},
	{
		name: "a number that is too large", in: "routes: {main: {limits: {per_run: 51}}}\n",
		want: `f.yml:1:35: routes.main.limits.per_run: "51" is out of range; it should be a whole number from 1 to 50`,
	},
	{
		name: "a number without an upper bound", in: "incidents: {transient_after: -1}\n",
		want: `f.yml:1:30: incidents.transient_after: "-1" is out of range; it should be a whole number, at least 1`,
	},
	{
		name: "a number in words", in: "routes: {main: {limits: {per_day: many}}}\n",
		want: "f.yml:1:35: routes.main.limits.per_day: this is a text; it should be a whole number, at least 1",
	},
	{
		name: "a number in quotes", in: "routes: {main: {limits: {per_day: '50'}}}\n",
		want: "f.yml:1:35: routes.main.limits.per_day: this is a text; it should be a whole number, at least 1; did you mean 50?",
	},
	{
		name: "a number with a fraction", in: "routes: {main: {limits: {per_day: 1.5}}}\n",
		want: "f.yml:1:35: routes.main.limits.per_day: this is a number; it should be a whole number, at least 1",
	},
	{
		name: "a number beyond all bounds", in: "routes: {main: {limits: {per_day: 99999999999999999999}}}\n",
		want: "f.yml:1:35: routes.main.limits.per_day: this is a number; it should be a whole number, at least 1", beyond: true,
	},
	{
		name: "an octal number", in: "routes: {main: {limits: {per_run: 010}}}\n",
		want: `f.yml:1:35: routes.main.limits.per_run: "010" is not written in plain digits; it should be a whole number from 1 to 50, without _, leading zeros or another base`, beyond: true,
	},
	{
		name: "a number with an underscore", in: "routes: {main: {text: {max_length: 2_500}}}\n",
		want: `f.yml:1:36: routes.main.text.max_length: "2_500" is not written in plain digits; it should be a whole number from 1 to 25000, without _, leading zeros or another base`, beyond: true,
	},
	{
		name: "an amount with its currency", in: "routes: {main: {limits: {usd_per_month: $5}}}\n",
		want: "f.yml:1:41: routes.main.limits.usd_per_month: this is a text; it should be an amount of US dollars, 0 or more, such as 2.5; did you mean 5?",
	},
	{
		name: "an amount below zero", in: "routes: {main: {limits: {usd_per_month: -0.5}}}\n",
		want: `f.yml:1:41: routes.main.limits.usd_per_month: "-0.5" is not an amount; it should be an amount of US dollars, 0 or more, such as 2.5`,
	},
	{
		name: "an infinite amount", in: "routes: {main: {limits: {usd_per_month: .inf}}}\n",
		want: `f.yml:1:41: routes.main.limits.usd_per_month: ".inf" is not an amount; it should be an amount of US dollars, 0 or more, such as 2.5`, beyond: true,
	},
	{
		name: "an amount with an underscore", in: "routes: {main: {limits: {usd_per_month: 1_0.5}}}\n",
		want: `f.yml:1:41: routes.main.limits.usd_per_month: "1_0.5" is not written in plain digits; it should be an amount of US dollars, 0 or more, such as 2.5`, beyond: true,
	},
	{
		name: "an hexadecimal amount", in: "routes: {main: {limits: {usd_per_month: 0x10}}}\n",
		want: `f.yml:1:41: routes.main.limits.usd_per_month: "0x10" is not written in plain digits; it should be an amount of US dollars, 0 or more, such as 2.5`, beyond: true,
	},
	{
		name: "an amount that is a list", in: "routes: {main: {limits: {usd_per_month: [5]}}}\n",
		want: "f.yml:1:41: routes.main.limits.usd_per_month: this is a list; it should be an amount of US dollars, 0 or more, such as 2.5",
	},
	{
		name: "a truth in another word", in: "routes: {main: {alt_text: yes}}\n",
		want: "f.yml:1:27: routes.main.alt_text: this is a text; it should be true or false; did you mean true?",
	},
	{
		name: "a truth that is a number", in: "routes: {main: {collaborations: 0}}\n",
		want: "f.yml:1:33: routes.main.collaborations: this is a number; it should be true or false; did you mean false?",
	},
	{
		name: "a truth that is neither", in: "routes: {main: {text: {number: maybe}}}\n",
		want: "f.yml:1:32: routes.main.text.number: this is a text; it should be true or false",
	},
}

var otherMistakes = []mistake{
	{
		name: "an assignee with an @", in: "incidents: {assignees: ['@octocat']}\n",
		want: `f.yml:1:25: incidents.assignees[0]: "@octocat" is not valid; it should be a GitHub login, such as octocat; did you mean octocat?`,
	},
	{
		name: "an assignee with two dashes", in: "incidents: {assignees: [a--b]}\n",
		want: `f.yml:1:25: incidents.assignees[0]: "a--b" is not valid; it should be a GitHub login, such as octocat`,
	},
	{
		name: "too many assignees", in: "incidents: {assignees: [a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11]}\n",
		want: "f.yml:1:24: incidents.assignees: the list has 11 entries; it should be a list of 10 at most",
	},
	{
		name: "a mention of two lines", in: "incidents: {slack_mention: \"a\\nb\"}\n",
		want: `f.yml:1:28: incidents.slack_mention: "a\nb" is not valid; it should be one line of 255 characters at most, without spaces around it`,
	},
	{
		name: "a value with a YAML tag", in: "state_branch: !branch x\n",
		want: `f.yml:1:15: state_branch: this is something with a YAML tag of its own; it should be the name of a branch of its own, as a text; did you mean "x"?`, beyond: true,
	},
	{
		name: "a value with a long YAML tag", in: "routes: {main: {start: !<tag:example.org,2026:day> now}}\n",
		want: "f.yml:1:24: routes.main.start: this is something with a YAML tag of its own; it should be now, all, or a date such as 2026-11-01", beyond: true,
	},
	{
		name: "two routes with the default tokens", in: "routes:\n  a: {}\n  b: {}\n",
		want: "f.yml:3:3: routes.b.x.refresh_token: X_REFRESH_TOKEN is routes.a.x.refresh_token already, and X's tokens are single-use or one account's own; it should be a variable of its own; did you mean X_REFRESH_TOKEN_B?", beyond: true,
	},
	{
		name: "two routes that share a refresh token", in: "routes:\n  a: {x: {refresh_token: X_A}}\n  b:\n    x:\n      refresh_token: x_a\n",
		want: "f.yml:5:22: routes.b.x.refresh_token: x_a is routes.a.x.refresh_token already, and X's tokens are single-use or one account's own; it should be a variable of its own; did you mean x_a_B?", beyond: true,
	},
	{
		name: "two routes that share an access token", in: "routes:\n  a: {x: {refresh_token: X_A}}\n  b-c:\n    x: {refresh_token: X_B, access_token: X_A_ACCESS}\n",
		want: "f.yml:4:43: routes.b-c.x.access_token: X_A_ACCESS is routes.a.x.access_token already, and X's tokens are single-use or one account's own; it should be a variable of its own; did you mean X_A_ACCESS_B_C?", beyond: true,
	},
	{
		name: "a refresh token where the client's id is", in: "routes:\n  main:\n    x: {client_id: X_REFRESH_TOKEN}\n",
		want: "f.yml:3:20: routes.main.x.client_id: X_REFRESH_TOKEN is routes.main.x.refresh_token already, and X's tokens are single-use or one account's own; it should be a variable of its own", beyond: true,
	},
	{
		name: "another route's client id where X's token is", in: "routes:\n  a: {x: {client_id: X_APP}}\n  b: {x: {refresh_token: X_APP}}\n",
		want: "f.yml:3:26: routes.b.x.refresh_token: X_APP is routes.a.x.client_id already, and X's tokens are single-use or one account's own; it should be a variable of its own; did you mean X_APP_B?", beyond: true,
	},
	{
		name: "a merge of a number", in: "<<: 3\n",
		want: "f.yml:1:5: this is a number; it should be a mapping (key: value)", beyond: true,
	},
	{
		name: "a merge that leads back", in: "routes:\n  main: &r\n    <<: *r\n",
		want: "f.yml:2:9: routes.main: << is nested too deep, or leads back to where it stands", beyond: true,
	},
	{
		name: "a merge into an unknown key", in: "routes:\n  main:\n    limits: &l {per_run: 1}\n    text: {<<: *l}\n",
		want: `f.yml:3:17: routes.main.text: there is no key "per_run"; it should be one of template, long, link, urls, mentions, max_length and number; did you mean routes.main.limits.per_run?`,
	},
	{
		name: "an API version of one number", in: "routes: {main: {instagram: {api_version: '25'}}}\n",
		want: `f.yml:1:42: routes.main.instagram.api_version: "25" is not valid; it should be a version, such as v25.0; did you mean v25.0?`,
	},
}

func mistakes() []mistake {
	return slices.Concat(mappingMistakes, textMistakes, listMistakes, numberMistakes, otherMistakes)
}

func TestMistakesAreToldExactly(t *testing.T) {
	for _, tt := range mistakes() {
		t.Run(tt.name, func(t *testing.T) {
			if got, want := problemsOf(tt.in), tt.want; got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}
