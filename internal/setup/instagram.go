package setup

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/instagram"
)

// Account is an Instagram account with the token that reads it.
type Account struct {
	Token, UserID, Username string
	Lasts                   string // in words
}

// Instagram finds the professional account behind a token of either login, and proves that its
// media can be read.
type Instagram struct {
	Login  string
	Client func(token, userID string) *instagram.Client
	Token  string // as entered: a dashboard token, or a short-lived one of Facebook Login
	Names  diagnosis.Names
}

// Find returns the account. The error is an *Advice.
func (i *Instagram) Find(ctx context.Context) (Account, error) {
	a, err := i.find(ctx)
	var advice *Advice
	if errors.As(err, &advice) {
		advice.Fix = diagnosis.Diagnosis{Fix: advice.Fix}.For(i.Names).Advice()
	}
	return a, err
}

func (i *Instagram) find(ctx context.Context) (Account, error) {
	if hint := instagram.TokenHint(i.Login, i.Token); hint != "" {
		return Account{}, advise("Copy the token again, in one piece, or choose the other login.",
			"%s", hint)
	}
	var a Account
	var err error
	if i.Login == instagram.FacebookLogin {
		a, err = i.facebook(ctx)
	} else {
		a, err = i.direct(ctx)
	}
	if err != nil {
		return a, err
	}
	if _, err := i.Client(a.Token, a.UserID).FirstMedia(ctx, ""); err != nil {
		return a, explain(err, "the account is @"+a.Username+", but its media can't be read")
	}
	return a, nil
}

// explain converts a refusal to advice. A scheduled run would retry a transient one by itself; here
// a person is waiting.
func explain(err error, what string) error {
	d := diagnosis.Explain(err)
	if httpx.IsTransient(err) {
		d.Fix = "Wait a few minutes, then try again."
	}
	return advise(d.Fix, "%s: %s: %w", what, d.Title, err)
}

// direct is the way of Instagram Login, where the token is the account's own.
func (i *Instagram) direct(ctx context.Context) (Account, error) {
	me, err := i.Client(i.Token, "").Me(ctx)
	if err != nil {
		return Account{}, explain(err, "Instagram does not take the token")
	}
	if strings.EqualFold(me.Type, "PERSONAL") {
		return Account{}, personal(me.Username)
	}
	return Account{
		Token: i.Token, Username: me.Username, Lasts: "60 days, and renewed every week",
	}, nil
}

func personal(username string) error {
	return advise("In the Instagram app: Settings > Account type and tools > Switch to"+
		" professional account. It is free, and can be undone.",
		"@%s is a personal account, and Meta's API shows professional ones only", username)
}

// facebook is the way of Facebook Login: it exchanges the short-lived token for a long-lived one,
// and that for the Page's token, which does not expire.
func (i *Instagram) facebook(ctx context.Context) (Account, error) {
	short := i.Client(i.Token, "")
	if short.AppID == "" || short.AppSecret == "" {
		return Account{}, advise("Both are in the App Dashboard under App settings > Basic.",
			"Facebook Login takes the app's id and its secret")
	}
	long, err := short.ExchangeShort(ctx)
	if err != nil {
		return Account{}, explain(err, "Meta does not exchange the token")
	}
	c := i.Client(long.Access, "")
	pages, err := c.Accounts(ctx)
	if err != nil {
		return Account{}, explain(err, "the Pages can't be read")
	}
	if len(pages) == 0 {
		// A business portfolio looks like this: no error and no Page. The grants may still name the
		// Pages.
		if pages, err = granted(ctx, c); err != nil {
			return Account{}, err
		}
	}
	page, err := linked(pages)
	if err != nil {
		return Account{}, err
	}
	token, err := c.PageToken(ctx, page.ID)
	if err != nil {
		return Account{}, explain(err, "the token of the Page "+page.Name+" can't be had")
	}
	a := Account{
		Token: token, UserID: page.Linked(), Username: page.Username,
		Lasts: "as long as nobody changes a password or a role",
	}
	if a.Username == "" {
		node, err := i.Client(token, a.UserID).Node(ctx, a.UserID)
		if err != nil {
			return a, explain(err, "the account can't be read")
		}
		a.Username = node.Username
	}
	return a, nil
}

// granted reads the Pages that the token's grants name.
func granted(ctx context.Context, c *instagram.Client) ([]instagram.FacebookPage, error) {
	info, err := c.Debug(ctx)
	if err != nil {
		return nil, explain(err, "the token's grants can't be read")
	}
	var ids []string
	for _, g := range info.Grants {
		if !strings.HasPrefix(g.Scope, "pages_") {
			continue
		}
		for _, id := range g.Targets {
			if !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	var pages []instagram.FacebookPage
	for _, id := range ids {
		if p, err := c.Page(ctx, id); err == nil {
			pages = append(pages, p)
		}
	}
	if len(pages) == 0 {
		d, _ := diagnosis.DiagnosisOf("instagram-portfolio")
		return nil, advise(d.Fix, "the token reaches no Page: %s", d.Title)
	}
	return pages, nil
}

// linked returns the one Page that has an Instagram account.
func linked(pages []instagram.FacebookPage) (instagram.FacebookPage, error) {
	with := slices.DeleteFunc(slices.Clone(pages),
		func(p instagram.FacebookPage) bool { return p.Linked() == "" })
	switch len(with) {
	case 1:
		return with[0], nil
	case 0:
		d, _ := diagnosis.DiagnosisOf("instagram-unlinked")
		return instagram.FacebookPage{}, advise(d.Fix,
			"none of the %d Pages that the token reaches has an Instagram account", len(pages))
	}
	var names []string
	for _, p := range with {
		names = append(names, fmt.Sprintf("%s (@%s)", p.Name, p.Username))
	}
	return instagram.FacebookPage{}, advise("Log in again and tick only the one that is to be"+
		" mirrored; for more than one make a route for each.", "the token reaches several"+
		" accounts: %s", strings.Join(names, ", "))
}
