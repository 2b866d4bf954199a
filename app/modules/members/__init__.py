"""Members: people and their roles, and how these changed."""

from jalon.modules.members.role_manager import RoleManager, RoleType, User

__all__ = ["RoleManager", "RoleType", "User"]
