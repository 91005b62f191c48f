"""Addresses of this room."""

from __future__ import annotations

from django.urls import path

from yipan.base.access import pages

urlpatterns = [
    path("login", pages.Login.as_view(), name="login"),
    path("logout", pages.logout, name="logout"),
    path("password", pages.own_password, name="password"),
    path("users/", pages.users, name="users"),
    path("users/new", pages.new_user, name="user_new"),
    path("users/<int:user_id>", pages.user, name="user"),
    path("users/<int:user_id>/grant", pages.user_grant, name="user_grant"),
    path("users/<int:user_id>/revoke/<uuid:grant_id>", pages.user_revoke, name="user_revoke"),
    path("users/<int:user_id>/password", pages.user_password, name="user_password"),
    path("users/<int:user_id>/active", pages.user_active, name="user_active"),
]
