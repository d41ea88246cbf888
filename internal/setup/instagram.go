package setup

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/message"
)

// Account is an Instagram account with the token that reads it.
type Account struct {
	Token, Username string
	UserID          string            // for Facebook Login only
	Lasts           string            // how long the token is good, in words
	Me              instagram.Account // as Instagram describes the account
}

// Instagram finds the professional account behind a token of either login, and proves that its
// media can be read.
type Instagram struct {
	message.Words
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

// find is Find with a fix that still names the secrets by their usual names, in braces.
func (i *Instagram) find(ctx context.Context) (Account, error) {
	if hint := instagram.TokenHint(i.Login, i.Token); hint != "" {
		return Account{}, advise(i.Text("setup.ig.hint-fix"), i.Stored(hint))
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
		return a, i.refused(err, i.Text("setup.ig.media", "Account", a.Username))
	}
	return a, nil
}

// refused makes an *Advice of a service's refusal. what says what it stops. A scheduled run would
// retry a transient refusal by itself; here a person is waiting.
func (i *Instagram) refused(err error, what string) error {
	d := diagnosis.Explain(err).In(i.Words)
	if httpx.IsTransient(err) {
		d.Fix = i.Text("setup.fix.wait")
	}
	return adviseOn(err, d.Fix,
		i.Text("setup.ig.refusal", "What", what, "Title", d.Title, "Why", err))
}

// diagnosis returns the diagnosis of a key in the person's language.
func (i *Instagram) diagnosis(key string) diagnosis.Diagnosis {
	d, _ := diagnosis.DiagnosisOf(key)
	return d.In(i.Words)
}

// direct is the way of Instagram Login, where the token is the account's own.
func (i *Instagram) direct(ctx context.Context) (Account, error) {
	me, err := i.Client(i.Token, "").Me(ctx)
	if err != nil {
		return Account{}, i.refused(err, i.Text("setup.ig.refused"))
	}
	if strings.EqualFold(me.Type, "PERSONAL") {
		// Meta's API has no personal accounts.
		return Account{}, advise(i.Text("setup.fix.professional"),
			i.Text("setup.ig.personal", "Account", me.Username))
	}
	return Account{
		Token: i.Token, Username: me.Username, Me: me, Lasts: i.Text("setup.lasts.renewed"),
	}, nil
}

// facebook is the way of Facebook Login. It takes a token of a Page, of a system user or of a
// person.
func (i *Instagram) facebook(ctx context.Context) (Account, error) {
	c := i.Client(i.Token, "")
	// Without an answer of the debugger the token is taken for a person's, as the Graph API
	// Explorer makes it.
	info, err := c.Debug(ctx)
	if err == nil {
		if err := i.usable(info, c.Now); err != nil {
			return Account{}, err
		}
	}
	switch info.Type {
	case "PAGE":
		return i.ofPage(ctx, c)
	case "SYSTEM_USER":
		return i.ofSystem(ctx, c, info)
	}
	return i.ofPerson(ctx, c)
}

// usable says what is wrong with a token of Facebook Login, nil for nothing.
func (i *Instagram) usable(info instagram.TokenInfo, now func() time.Time) error {
	if !info.Valid {
		err := error(info.Err)
		if info.Err == nil {
			err = errors.New(i.Text("setup.fb.invalid"))
		}
		return i.refused(err, i.Text("setup.fb.refused"))
	}
	if lacks := lacking(info); len(lacks) > 0 {
		d := i.diagnosis("instagram-scope")
		return advise(d.Fix,
			i.Text("setup.fb.lacks", "Scopes", i.Join(lacks...), "Title", d.Title))
	}
	if end := info.DataAccessExpires; now != nil && !end.IsZero() && !end.After(now()) {
		d := i.diagnosis("instagram-data-access")
		return advise(d.Fix, i.Text("setup.fb.no-data", "Title", d.Title))
	}
	return nil
}

// lacking lists the permissions that a token was not given and that set-up or a run needs. A Page's
// token needs no list of Pages.
// Source:
// https://developers.facebook.com/docs/instagram-platform/instagram-api-with-facebook-login/get-started
func lacking(info instagram.TokenInfo) (out []string) {
	if len(info.Scopes) == 0 {
		return nil // the debugger did not say
	}
	needs := []string{"instagram_basic", "pages_read_engagement", "pages_show_list"}
	if info.Type == "PAGE" {
		needs = needs[:2]
	}
	for _, scope := range needs {
		if !slices.Contains(info.Scopes, scope) {
			out = append(out, scope)
		}
	}
	return out
}

// ofPage finds the account that is linked to the Page whose token it is.
func (i *Instagram) ofPage(ctx context.Context, c *instagram.Client) (Account, error) {
	page, err := c.Page(ctx, "me")
	if err != nil {
		return Account{}, i.refused(err, i.Text("setup.fb.page"))
	}
	if page, err = i.linked([]instagram.FacebookPage{page}); err != nil {
		return Account{}, err
	}
	return i.behind(ctx, page, i.Token, i.Text("setup.lasts.unchanged"))
}

// ofSystem finds the account behind the one Page that a system user reaches.
func (i *Instagram) ofSystem(
	ctx context.Context, c *instagram.Client, info instagram.TokenInfo,
) (Account, error) {
	page, err := i.reached(ctx, c)
	if err != nil {
		return Account{}, err
	}
	lasts := i.Text("setup.lasts.unchanged")
	if !info.Expires.IsZero() {
		lasts = i.Text("setup.lasts.until", "Day", i.Date(info.Expires))
	}
	return i.behind(ctx, page, i.Token, lasts)
}

// ofPerson exchanges the short-lived token of a person for a long-lived one, and that for the
// Page's token, which does not expire.
func (i *Instagram) ofPerson(ctx context.Context, short *instagram.Client) (Account, error) {
	if short.AppID == "" || short.AppSecret == "" {
		return Account{}, advise(i.Text("setup.fix.both-app"), i.Text("setup.fb.persons"))
	}
	long, err := short.ExchangeShort(ctx)
	if e := httpx.As(err); e != nil && e.Type == instagram.TypeAppSecret {
		return Account{}, adviseOn(err, i.Text("setup.fix.compare-app"),
			i.Text("setup.fb.unknown-app", "Why", err))
	}
	if err != nil {
		return Account{}, i.refused(err, i.Text("setup.fb.no-exchange"))
	}
	c := i.Client(long.Access, "")
	page, err := i.reached(ctx, c)
	if err != nil {
		return Account{}, err
	}
	token, err := c.PageToken(ctx, page.ID)
	if err != nil {
		return Account{}, i.refused(err, i.Text("setup.fb.page-token", "Page", page.Name))
	}
	return i.behind(ctx, page, token, i.Text("setup.lasts.unchanged"))
}

// behind describes the account that is linked to a Page.
func (i *Instagram) behind(
	ctx context.Context, page instagram.FacebookPage, token, lasts string,
) (Account, error) {
	a := Account{Token: token, UserID: page.Linked(), Username: page.Username, Lasts: lasts}
	if a.Username == "" {
		node, err := i.Client(token, a.UserID).Node(ctx, a.UserID)
		if err != nil {
			return a, i.refused(err, i.Text("setup.fb.account"))
		}
		a.Username = node.Username
	}
	a.Me = instagram.Account{ID: a.UserID, UserID: a.UserID, Username: a.Username}
	return a, nil
}

// reached returns the one Page with an Instagram account that a token reaches.
func (i *Instagram) reached(
	ctx context.Context, c *instagram.Client,
) (instagram.FacebookPage, error) {
	pages, err := c.Accounts(ctx)
	if err != nil {
		return instagram.FacebookPage{}, i.refused(err, i.Text("setup.fb.pages"))
	}
	if len(pages) == 0 {
		// A business portfolio looks like this: no error and no Page. The grants may still name the
		// Pages.
		if pages, err = i.granted(ctx, c); err != nil {
			return instagram.FacebookPage{}, err
		}
	}
	return i.linked(pages)
}

// granted reads the Pages that the token's grants name.
func (i *Instagram) granted(
	ctx context.Context, c *instagram.Client,
) ([]instagram.FacebookPage, error) {
	info, err := c.Debug(ctx)
	if err != nil {
		return nil, i.refused(err, i.Text("setup.fb.grants"))
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
		d := i.diagnosis("instagram-portfolio")
		return nil, advise(d.Fix, i.Text("setup.fb.no-page", "Title", d.Title))
	}
	return pages, nil
}

// linked returns the one Page that has an Instagram account.
func (i *Instagram) linked(
	pages []instagram.FacebookPage,
) (instagram.FacebookPage, error) {
	with := slices.DeleteFunc(slices.Clone(pages),
		func(p instagram.FacebookPage) bool { return p.Linked() == "" })
	switch len(with) {
	case 1:
		return with[0], nil
	case 0:
		d := i.diagnosis("instagram-unlinked")
		return instagram.FacebookPage{}, advise(d.Fix,
			i.Text("setup.fb.unlinked", "Pages", len(pages)))
	}
	var names []string
	for _, p := range with {
		names = append(names,
			i.Text("setup.fb.page-account", "Page", p.Name, "Account", p.Username))
	}
	return instagram.FacebookPage{}, advise(i.Text("setup.fix.several"),
		i.Text("setup.fb.several", "Accounts", i.Join(names...)))
}
