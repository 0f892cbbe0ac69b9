module bailiwick.dev/tests/go

go 1.26
