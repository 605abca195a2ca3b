module NAME

go 1.27
