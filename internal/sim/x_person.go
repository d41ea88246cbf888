package sim

import (
	"fmt"
	"slices"
)

// named is the account of a name. It is made if there is none. Callers hold the lock, or nobody
// else knows x yet.
func (x *xSide) named(username string) *xAccount {
	for _, a := range x.accounts {
		if a.username == username && !a.gone {
			return a
		}
	}
	a := &xAccount{id: fmt.Sprintf("15%017d", len(x.accounts)+1), username: username}
	x.accounts = append(x.accounts, a)
	return a
}

// account is the account with an id, nil if X has none.
func (x *xSide) account(id string) *xAccount {
	for _, a := range x.accounts {
		if a.id == id && !a.gone {
			return a
		}
	}
	return nil
}

// Login logs the person in again. The earlier grant of the account ends.
func (x X) Login() (refresh, access string) {
	x.w.mu.Lock()
	defer x.w.mu.Unlock()
	x.forget(x.person)
	return x.issue(x.person, x.scopes)
}

// LoginAs logs in with another account, which is made if there is none of that name. From then on
// the consent page and PersonPosts are about that account. The first account's tokens live on.
func (x X) LoginAs(username string) (refresh, access string) {
	x.w.mu.Lock()
	x.person = x.named(username)
	x.w.mu.Unlock()
	return x.Login()
}

// Account returns the id of the person's account, which stays, and its name, which Rename changes.
func (x X) Account() (id, username string) {
	x.w.mu.Lock()
	defer x.w.mu.Unlock()
	return x.person.id, x.person.username
}

// Rename gives the person's account another name. Its id and its tokens stay.
func (x X) Rename(username string) {
	x.w.mu.Lock()
	defer x.w.mu.Unlock()
	x.person.username = username
}

// DeleteAccount deletes an account with its posts. Its tokens are dead, and nobody has its id.
func (x X) DeleteAccount(username string) {
	x.w.mu.Lock()
	defer x.w.mu.Unlock()
	a := x.named(username)
	a.gone = true
	x.forget(a)
	x.tweets = slices.DeleteFunc(x.tweets, func(t Tweet) bool { return t.AuthorID == a.id })
}

// PersonPosts posts as the person does by hand, with "photo", "gif" or "video" for each file. It
// returns the post's id.
func (x X) PersonPosts(text string, media ...string) string {
	return x.PersonReplies("", text, media...)
}

// PersonReplies is PersonPosts for a reply.
func (x X) PersonReplies(to, text string, media ...string) string {
	x.w.mu.Lock()
	defer x.w.mu.Unlock()
	t := Tweet{
		ID: x.id(), AuthorID: x.person.id, Text: text, InReplyTo: to, CreatedAt: x.clock(),
	}
	for _, kind := range media {
		u := Upload{ID: x.id(), Category: map[string]string{"video": "tweet_video",
			"gif": "tweet_gif"}[kind]}
		setDefault(&u.Category, "tweet_image")
		u.Key = keyPrefix[u.Category] + u.ID
		t.MediaIDs, t.Media = append(t.MediaIDs, u.ID), append(t.Media, u)
	}
	x.tweets = append(x.tweets, t)
	return t.ID
}

// DeletePost deletes a post as its author does.
func (x X) DeletePost(id string) {
	x.w.mu.Lock()
	defer x.w.mu.Unlock()
	x.tweets = slices.DeleteFunc(x.tweets, func(t Tweet) bool { return t.ID == id })
}
