"""The list of products, a product, and its picture."""

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from checkout_widgets.models import Product
from demo.store.best_sellers import best_sellers_first, in_order
from demo.store.categories import SERVICE, Category
from demo.store.pictures import draw
from demo.store.shop import STORE_SLUG, DemoShop, render_page, shop_view
from experiments.models import Store

PAGE_SIZE = 24
RELATED = 4
MAX_WORDS = 8  # each is one more condition for the database


@require_safe
@shop_view
def products(request: HttpRequest, shop: DemoShop) -> HttpResponse:
    """Products, best sellers first: all of them, a category's, or those with the searched words in their names."""
    # PostgreSQL takes no NUL in a text
    query = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    category = category_asked(request)
    found = on_sale(shop.store).filter(with_words(query))
    title = "All gifts"
    if category:
        found = found.filter(category=category)
        title = Category(category).label
    page = Paginator(best_sellers_first(shop.store, found), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "products": in_order(list(page.object_list)),
        "query": query,
        "category": category,
        "title": title,
        "is_front_page": not (query or category) and page.number == 1,
        "page_link": page_link(query, category),
    }
    return render_page(request, shop, "products.html", context)


def category_asked(request: HttpRequest) -> str:
    """The category in the query; none where there is no such one."""
    category = request.GET.get("category", "")
    if category not in Category.values:
        return ""
    return category


def page_link(query: str, category: str) -> str:
    """The link to which other pages of the same list append their number."""
    kept = {}
    if query:
        kept["q"] = query
    if category:
        kept["category"] = category
    return f"?{urlencode(kept)}"


@require_safe
@shop_view
def product(request: HttpRequest, shop: DemoShop, sku: str) -> HttpResponse:
    """One product, with others of its category."""
    found = get_object_or_404(on_sale(shop.store), sku=sku)
    others = on_sale(shop.store).filter(category=found.category).exclude(pk=found.pk)
    category = None
    if found.category in Category.values:
        category = Category(found.category)
    context = {
        "product": found,
        "category": category,
        "related": in_order(best_sellers_first(shop.store, others)[:RELATED]),
    }
    return render_page(request, shop, "product.html", context)


@require_safe
@cache_control(max_age=86_400, public=True)
def picture(request: HttpRequest, sku: str) -> HttpResponse:
    """A product's picture as SVG."""
    found = get_object_or_404(Product, store__slug=STORE_SLUG, sku=sku)
    return HttpResponse(draw(found.sku, found.title, found.category), content_type="image/svg+xml")


def on_sale(store: Store) -> QuerySet[Product]:
    """The store's products that can be bought by themselves."""
    return Product.objects.filter(store=store, is_active=True).exclude(category=SERVICE)


def with_words(query: str) -> Q:
    """Products whose title has all the words, or whose stock code is the query."""
    if not query:
        return Q()
    words = Q()
    for word in query.split()[:MAX_WORDS]:
        words &= Q(title__icontains=word)
    return words | Q(sku__iexact=query)
