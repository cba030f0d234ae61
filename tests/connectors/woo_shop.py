"""A small shop that speaks WooCommerce's REST API v3: customers, orders, products with variations, basic auth.

It answers as WooCommerce does where a connector could trip: a customer search takes a part for the whole, errors are
{code, message, data}, dates count whole seconds and name no zone, prices of products are text.
"""

import base64
from datetime import UTC, datetime
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

KEY, SECRET = "ck_test", "cs_test"


def address(**changes: str) -> dict[str, str]:
    plain = {"first_name": "Nomsa", "last_name": "Zulu", "company": "", "address_1": "9 Kings Road", "address_2": "",
             "city": "Pinetown", "state": "NL", "postcode": "3610", "country": "ZA", "phone": ""}  # fmt: skip
    return plain | changes


def customer(id: int, first: str, last: str, email: str, postcode: str) -> dict[str, Any]:
    name = {"first_name": first, "last_name": last}
    billing = address(**name, postcode=postcode) | {"email": email}
    return {"id": id, "email": email, **name, "role": "customer", "username": first.lower(), "billing": billing,
            "shipping": address(**name), "is_paying_customer": True, "meta_data": []}  # fmt: skip


def order(id: int, customer_id: int, status: str, *, paid: bool) -> dict[str, Any]:
    line = {
        "id": id * 10, "name": "Fleece Jacket - L, Navy", "product_id": 93, "variation_id": 95, "quantity": 2,
        "tax_class": "", "subtotal": "1390.43", "total": "1390.43", "taxes": [],
        "sku": "FJ-L", "price": 695.2173913043479,
        "meta_data": [
            {"id": 1, "key": "pa_size", "value": "l", "display_key": "Size", "display_value": "L"},
            {"id": 2, "key": "pa_color", "value": "navy", "display_key": "Color", "display_value": "Navy"},
            {"id": 3, "key": "_reduced_stock", "value": "2", "display_key": "_reduced_stock", "display_value": "2"},
        ],
    }  # fmt: skip
    single = {
        "id": id * 10 + 1, "name": "Camp Kettle", "product_id": 40, "variation_id": 0, "quantity": 1, "tax_class": "",
        "subtotal": "399.00", "total": "399.00", "taxes": [], "sku": "CK", "price": 399, "meta_data": [],
    }  # fmt: skip
    return {
        "id": id, "parent_id": 0, "number": str(id), "order_key": f"wc_order_{id}", "created_via": "checkout",
        "status": status, "currency": "ZAR", "customer_id": customer_id, "date_created_gmt": "2026-11-17T08:12:44",
        "date_modified_gmt": "2026-11-17T08:12:44", "date_paid_gmt": "2026-11-17T08:13:02" if paid else None,
        "date_completed_gmt": None, "total": "1998.00", "payment_method": "payfast" if paid else "bacs",
        "payment_method_title": "Payfast" if paid else "Direct bank transfer", "transaction_id": "",
        "billing": address() | {"email": "nomsa.zulu@posbus.example"}, "shipping": address(),
        "line_items": [line, single], "shipping_lines": [], "refunds": [], "meta_data": [],
    }  # fmt: skip


def product(id: int, name: str, variants: list[dict[str, Any]]) -> dict[str, Any]:
    sizes = [{"id": 1, "name": "Size", "variation": True, "options": ["L", "XL"]}] if variants else []
    return {"id": id, "name": name, "type": "variable" if variants else "simple", "price": "399", "purchasable": True,
            "variations": [each["id"] for each in variants], "stock_status": "instock",
            "attributes": sizes}  # fmt: skip


def variation(id: int, size: str, price: str, stock: str = "instock") -> dict[str, Any]:
    return {"id": id, "price": price, "regular_price": price, "stock_status": stock, "purchasable": True,
            "attributes": [{"name": "Size", "option": size}, {"name": "Color", "option": "Navy"}]}  # fmt: skip


class Refused(HTTPException):
    """An error in WooCommerce's own form."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(status, message)
        self.code = code


def woo_app() -> FastAPI:
    customers = [
        customer(26, "Nomsa", "Zulu", "nomsa.zulu@posbus.example", "3610"),
        customer(27, "Nomsa", "Zulu-Khoza", "nomsa.zulu@posbus.example.org", "3610"),
        customer(28, "Werner", "Steyn", "werner@steyn.example", "0181"),
    ]
    orders = {
        each["id"]: each
        for each in (
            order(727, 26, "processing", paid=True),
            order(728, 26, "on-hold", paid=False),
            order(729, 26, "completed", paid=True),
            order(730, 28, "processing", paid=True),
        )
    }
    sizes = [variation(95, "L", "799"), variation(96, "XL", "849"), variation(97, "S", "799", "outofstock")]
    products = {93: product(93, "Fleece Jacket", sizes), 40: product(40, "Camp Kettle", [])}
    app = FastAPI()

    @app.exception_handler(HTTPException)
    async def refuse(request: Request, problem: HTTPException) -> JSONResponse:
        code = problem.code if isinstance(problem, Refused) else "rest_no_route"
        body = {"code": code, "message": problem.detail, "data": {"status": problem.status_code}}
        return JSONResponse(body, problem.status_code)

    @app.middleware("http")
    async def authenticate(request: Request, call_next: Any) -> Any:
        wanted = "Basic " + base64.b64encode(f"{KEY}:{SECRET}".encode()).decode()
        if request.headers.get("authorization") != wanted:
            body = {"code": "woocommerce_rest_cannot_view", "message": "Sorry, you cannot list resources."}
            return JSONResponse(body | {"data": {"status": 401}}, 401)
        return await call_next(request)

    def found(id: str) -> dict[str, Any]:
        if not id.isdigit():
            raise HTTPException(404, "No route was found matching the URL and request method.")
        if int(id) not in orders:
            raise Refused(404, "woocommerce_rest_shop_order_invalid_id", "Invalid ID.")
        return orders[int(id)]

    @app.get("/wp-json/wc/v3/customers")
    async def list_customers(include: str = "", email: str = "", search: str = "") -> list[dict[str, Any]]:
        def fits(each: dict[str, Any]) -> bool:
            words = f"{each['first_name']} {each['last_name']} {each['email']}".lower()
            return (
                (not include or str(each["id"]) in include.split(","))
                and (not email or each["email"].lower() == email.lower())
                and search.lower() in words
            )

        return [each for each in customers if fits(each)]

    @app.get("/wp-json/wc/v3/orders")
    async def list_orders(customer: int | None = None) -> list[dict[str, Any]]:
        return [each for each in orders.values() if customer in (None, each["customer_id"])]

    @app.get("/wp-json/wc/v3/orders/{id}")
    async def get_order(id: str) -> dict[str, Any]:
        return found(id)

    @app.put("/wp-json/wc/v3/orders/{id}")
    async def put_order(id: str, request: Request) -> dict[str, Any]:
        changed, change = found(id), await request.json()
        for name, value in change.items():
            if name == "meta_data":
                changed[name] = [*changed[name], *({"id": len(changed[name]) + 1, **meta} for meta in value)]
            else:
                changed[name] = changed[name] | value if isinstance(value, dict) else value
        changed["date_modified_gmt"] = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S")
        return changed

    @app.get("/wp-json/wc/v3/products/{id}")
    async def get_product(id: str) -> dict[str, Any]:
        if not id.isdigit() or int(id) not in products:
            raise Refused(404, "woocommerce_rest_product_invalid_id", "Invalid ID.")
        return products[int(id)]

    @app.get("/wp-json/wc/v3/products/{id}/variations")
    async def get_variations(id: int) -> list[dict[str, Any]]:
        return sizes if id == 93 else []

    return app
