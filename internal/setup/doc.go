// Package setup is the dialogue that takes a person from two accounts to the first mirrored post.
//
// The [Wizard] goes through seven steps: repository, X, Instagram, vault, files, a look, the
// switch. Each step is checked by a real call before the next, and what it found is written at
// once, so the dialogue can be left at any place and taken up again. Secrets are read without an
// echo, go to the repository sealed, and are never shown. Nothing is posted, and the schedules stay
// silent, until the person says yes.
//
// The package makes no client by itself and knows nothing of the main job: both are given as
// [Services].
package setup
