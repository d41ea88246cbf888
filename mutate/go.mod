module github.com/postferry/postferry/mutate

go 1.26.0
