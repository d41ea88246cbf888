// Package setup takes a person from two accounts to the first mirrored post: in a terminal by a
// dialogue, in a workflow by one issue for each route.
//
// The [Wizard] goes through seven steps: repository, X, Instagram, vault, files, a look, the
// switch. Each step is checked by a real call before the next, and what it found is written at
// once, so the dialogue can be left at any place and taken up again. Secrets are read without an
// echo, go to the repository sealed, and are never shown.
//
// The [Guide] makes one pass over a checklist. An inspection looks at every secret before the
// consent link is shown, because a new login ends the one before; a board finds and writes the
// issue; a sheet renders it, in the words of the catalogue setup; and a conversation reads the comments
// while the run waits, takes an answer from nobody but the account that started the run, and
// deletes what looks like a secret.
//
// Nothing is posted, and the schedules stay silent, until the person says yes. The package makes no
// client by itself and knows nothing of the main job: both are given as [Services].
package setup
