"""What any order system, CRM and mailbox must do; another is tried with --order-system my_shop.orders:Orders."""
